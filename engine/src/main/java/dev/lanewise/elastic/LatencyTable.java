package dev.lanewise.elastic;

import dev.lanewise.InvalidInputException;
import dev.lanewise.LatencyTableException;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * How long the submodels of a model take on this machine, measured by {@link Elastic#calibrate}. It holds for the machine, the JDK, the
 * version of Lanewise, the model and the number of threads that it was measured with.
 */
public final class LatencyTable {
    /**
     * One submodel at one size of the inputs.
     *
     * @param median half of its runs took no longer
     * @param high 99.5 % of its runs took no longer
     */
    public record Row(InputSizes sizes, Submodel submodel, Duration median, Duration high) {
        /** What a run is counted on to take: 5 % above {@code high}. */
        public Duration bound() {
            return high.plus(high.dividedBy(20));
        }
    }

    private final Elastic elastic;
    private final Conditions conditions;
    private final List<Row> rows;

    LatencyTable(Elastic elastic, Conditions conditions, List<Row> rows) {
        this.elastic = elastic;
        this.conditions = conditions;
        this.rows = List.copyOf(rows);
    }

    public Conditions conditions() {
        return conditions;
    }

    /** All that was measured: sizes in the order that they were given in, submodels from the smallest to the whole model. */
    public List<Row> rows() {
        return rows;
    }

    /** Multiply-adds of a submodel as a share of the whole model's. */
    double compute(Submodel submodel) {
        return elastic.compute(submodel);
    }

    /**
     * The rows that count for a request: those of the smallest measured sizes that are nowhere below the request's.
     *
     * @throws InvalidInputException where none were measured
     */
    public List<Row> rows(InputSizes request) {
        InputSizes sizes = rows.stream().map(Row::sizes).distinct().filter(s -> s.covers(request))
                .min(Comparator.comparingLong(InputSizes::elements)).orElseThrow(
                        () -> new InvalidInputException("inputs",
                                "at most " + rows.stream().map(Row::sizes).distinct().toList()
                                        + ", which were measured",
                                request.toString(), "calibrate with inputs as large as any request's"));
        return rows.stream().filter(r -> r.sizes().equals(sizes)).toList();
    }

    public Submodel choose(Budget budget, Map<String, Tensor> inputs) {
        return choose(budget, InputSizes.of(inputs));
    }

    /**
     * The largest submodel within the budget, by its multiply-adds; of a latency its {@link Row#bound} counts.
     *
     * @throws InvalidInputException where even the smallest is beyond the budget (who wants it all the same asks
     *         {@link Elastic#granularities}), or no inputs as large were measured
     */
    public Submodel choose(Budget budget, InputSizes request) {
        List<Row> candidates = rows(request);
        return candidates.stream().filter(r -> fits(r, budget))
                .max(Comparator.comparingDouble((Row r) -> elastic.compute(r.submodel()))).map(Row::submodel)
                .orElseThrow(() -> new InvalidInputException("budget",
                        "at least what the smallest submodel needs, " + least(candidates, budget), budget.toString(),
                        "raise the budget, or take the smallest granularity knowingly"));
    }

    private boolean fits(Row row, Budget budget) {
        return budget instanceof Budget.Latency(Duration limit) ? row.bound().compareTo(limit) <= 0
                : elastic.fits(row.submodel(), budget);
    }

    private String least(List<Row> candidates, Budget budget) {
        return budget instanceof Budget.Latency
                ? candidates.stream().map(Row::bound).min(Comparator.naturalOrder()).orElseThrow().toString()
                : elastic.cost(candidates.getFirst().submodel(), budget);
    }

    /**
     * Writes the table to a file of text lines, in the place of what is there.
     *
     * @throws UncheckedIOException where writing fails
     */
    public void save(Path file) {
        LatencyFile.write(this, file);
    }

    /**
     * Reads a table for the model, the threads and the kernels of a session.
     *
     * @throws LatencyTableException where it is damaged or was measured under other conditions
     * @throws UncheckedIOException where reading fails
     */
    public static LatencyTable load(Path file, Session session) {
        LatencyTable table = LatencyFile.read(file, session.model().elastic());
        table.conditions.check(Conditions.of(session), file.toString());
        return table;
    }
}
