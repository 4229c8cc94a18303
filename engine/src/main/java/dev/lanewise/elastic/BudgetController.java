package dev.lanewise.elastic;

import dev.lanewise.InvalidInputException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Chooses the submodel for the requests of a service that are to be done by a deadline, from how long recent ones took. How busy the
 * machine is counts as a factor on all medians of the table: the 95th percentile of time over median among the last 32 requests. The
 * submodel gets smaller as soon as its expected time is beyond the deadline, and larger only where a larger one has been expected to
 * stay a tenth below it for 32 requests on end. Where none is within the deadline any more, the smallest runs.
 *
 * <p>
 * Threads may share a controller. The same sequence of reports gives the same choices: it looks at no clock.
 */
public final class BudgetController {
    private static final int WINDOW = 32;
    /** Requests of the window that may take longer than expected. */
    private static final int SLOW = 1;
    private static final double RESERVE = 0.1;

    /**
     * What the controller came to.
     *
     * @param chosen the submodel to run next
     * @param compute its share of the whole model's multiply-adds
     * @param expected how long it is expected to take at most
     * @param load time over median of the table that is reckoned with: above 1 on a machine busier than when it was measured
     * @param requests reports so far
     * @param misses those of them that took longer than the deadline
     * @param switches how often the submodel changed
     */
    public record State(Submodel chosen, double compute, Duration expected, double load, long requests, long misses,
            long switches) {
    }

    private final LatencyTable table;
    private final List<LatencyTable.Row> rows;
    private final long deadline;
    private final double[] loads = new double[WINDOW];
    /** Row of the chosen submodel. */
    private int at;
    /** Reports on end that saw room for a larger one. */
    private int roomFor;
    /** Place of the window that the next report takes. */
    private int next;
    private volatile State state;

    /**
     * @param sizes of the largest requests; the table has to cover them
     * @param deadline for a run
     * @throws InvalidInputException where the table has no submodel that meets the deadline
     */
    public BudgetController(LatencyTable table, InputSizes sizes, Duration deadline) {
        this.table = table;
        this.rows = table.rows(sizes).stream().sorted(Comparator.comparing(r -> table.compute(r.submodel()))).toList();
        this.deadline = deadline.toNanos();
        Submodel first = table.choose(Budget.latency(deadline), sizes);
        this.at = index(first);
        double load = ratio(rows.get(at).bound().toNanos(), at);
        Arrays.fill(loads, load);
        publish(load, 0, 0, 0);
    }

    /** The submodel to run the next request in. */
    public Submodel chosen() {
        return state.chosen();
    }

    public State state() {
        return state;
    }

    public Duration deadline() {
        return Duration.ofNanos(deadline);
    }

    /**
     * Reports a request that is done.
     *
     * @param ran the submodel that it ran in, which need not be the one chosen by now
     * @param took its time, without the wait for a session
     */
    public synchronized void report(Submodel ran, Duration took) {
        loads[next] = ratio(Math.max(1, took.toNanos()), index(ran));
        next = (next + 1) % WINDOW;
        double load = load();
        int before = at;
        int feasible = largest(load, deadline);
        if (at > feasible) {
            at = feasible;
        }
        int roomy = largest(load, (long) (deadline * (1 - RESERVE)));
        roomFor = at == before && roomy > at ? roomFor + 1 : 0;
        if (roomFor == WINDOW) {
            at = roomy;
            roomFor = 0;
        }
        publish(load, state.requests + 1, state.misses + (took.toNanos() > deadline ? 1 : 0),
                state.switches + (at == before ? 0 : 1));
    }

    private void publish(double load, long requests, long misses, long switches) {
        LatencyTable.Row row = rows.get(at);
        state = new State(row.submodel(), table.compute(row.submodel()), Duration.ofNanos(expected(at, load)), load,
                requests, misses, switches);
    }

    private double load() {
        double[] sorted = loads.clone();
        Arrays.sort(sorted);
        return sorted[WINDOW - 1 - SLOW];
    }

    /** The last row that is expected to take no longer than the limit; the first where none is. */
    private int largest(double load, long limit) {
        int found = 0;
        for (int i = 0; i < rows.size(); i++) {
            if (expected(i, load) <= limit) {
                found = i;
            }
        }
        return found;
    }

    private long expected(int row, double load) {
        return (long) (rows.get(row).median().toNanos() * load);
    }

    private double ratio(long nanos, int row) {
        return (double) nanos / rows.get(row).median().toNanos();
    }

    private int index(Submodel submodel) {
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).submodel().equals(submodel)) {
                return i;
            }
        }
        throw new InvalidInputException("submodel", "one of the latency table", submodel.toString(),
                "report those that the controller chose");
    }
}
