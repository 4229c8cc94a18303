package dev.lanewise.elastic;

import dev.lanewise.InvalidInputException;
import dev.lanewise.LatencyTableException;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The sizes of a model whose feed-forward blocks can be narrowed: its granularities, which it was trained or sorted for, and any
 * other width of each block. All sizes share the model's weights.
 */
public final class Elastic {
    /** Names of up to so many granularities, the largest last. */
    private static final List<String> NAMES = List.of("S", "M", "L", "XL");

    private final List<HiddenLayer> layers;
    private final long fixedCost;
    private final long fixedParameters;
    private final List<Submodel> granularities;
    private final MixOrder order;

    /**
     * For the compiler.
     *
     * @param nested widths of the granularities as shares of each block's own, rising, the last 1
     * @param fixedCost multiply-adds of one token that no width changes
     * @param fixedParameters weights that no width changes
     */
    public Elastic(List<HiddenLayer> layers, List<Double> nested, long fixedCost, long fixedParameters) {
        this(List.copyOf(layers), fixedCost, fixedParameters, IntStream
                .range(0, nested.size()).mapToObj(i -> new Submodel(
                        nested.size() <= NAMES.size() ? NAMES.get(NAMES.size() - nested.size() + i) : "G" + (i + 1),
                        layers.stream().mapToInt(l -> Math.max(1, (int) Math.round(l.width() * nested.get(i))))
                                .toArray()))
                .toList(), MixOrder.LAST_BLOCKS);
    }

    private Elastic(List<HiddenLayer> layers, long fixedCost, long fixedParameters, List<Submodel> granularities,
            MixOrder order) {
        this.layers = layers;
        this.fixedCost = fixedCost;
        this.fixedParameters = fixedParameters;
        this.granularities = granularities;
        this.order = order;
    }

    /** The same sizes, mixed in this order. */
    public Elastic mixing(MixOrder value) {
        return new Elastic(layers, fixedCost, fixedParameters, granularities, value);
    }

    /** Which blocks of its mixes are the wider ones. */
    public MixOrder mixOrder() {
        return order;
    }

    public List<HiddenLayer> layers() {
        return layers;
    }

    /** The sizes that the model is made for, the smallest first; the last is the whole model. */
    public List<Submodel> granularities() {
        return granularities;
    }

    /** The whole model. */
    public Submodel full() {
        return granularities.getLast();
    }

    /** The granularity of this name, as {@code M}. */
    public Submodel named(String name) {
        return granularities.stream().filter(g -> g.name().equals(name)).findFirst().orElseThrow(
                () -> new InvalidInputException("submodel",
                        "one of " + granularities.stream().map(Submodel::name).collect(Collectors.joining(", ")), name,
                        "correct the name, or give widths"));
    }

    /** The submodel with these widths, one for each block, or one for all. */
    public Submodel widths(int... widths) {
        int[] each = widths.length == 1 ? layers.stream().mapToInt(l -> widths[0]).toArray() : widths.clone();
        Submodel submodel = new Submodel(null, each);
        check(submodel);
        return submodel;
    }

    /** Fails where the submodel is not one of this model's. */
    public void check(Submodel submodel) {
        boolean fits = submodel.layers() == layers.size();
        for (int i = 0; fits && i < layers.size(); i++) {
            fits = submodel.width(i) >= 1 && submodel.width(i) <= layers.get(i).width();
        }
        if (!fits) {
            throw new InvalidInputException("submodel",
                    "widths from 1 to " + layers.stream().map(HiddenLayer::width).toList(),
                    Arrays.toString(submodel.widths()), "give each block a width that it has");
        }
    }

    /** The submodel's share of the multiply-adds that the whole model's linear layers take for a token. */
    public double compute(Submodel submodel) {
        return (double) cost(submodel) / cost(full());
    }

    /** Multiply-adds of the linear layers for a token. */
    public long multiplyAdds(Submodel submodel) {
        check(submodel);
        return cost(submodel);
    }

    /** Weights that a run of the submodel reads. */
    public long parameters(Submodel submodel) {
        return fixedParameters + cost(submodel) - fixedCost;
    }

    private long cost(Submodel submodel) {
        long cost = fixedCost;
        for (int i = 0; i < layers.size(); i++) {
            cost += (long) submodel.width(i) * layers.get(i).neuronCost();
        }
        return cost;
    }

    /**
     * Every submodel that mixes two neighbouring granularities, the wider in the blocks that {@link #mixOrder} names, from the smallest
     * to the whole model (Mix'n'Match, arXiv 2310.07707: widths that change as little as can be).
     */
    public List<Submodel> mixes() {
        List<Submodel> all = new ArrayList<>();
        for (int g = 0; g + 1 < granularities.size(); g++) {
            for (int wide = 0; wide < layers.size(); wide++) {
                int[] widths = granularities.get(g).widths();
                int first = order == MixOrder.FIRST_BLOCKS ? 0 : layers.size() - wide;
                for (int i = first; i < first + wide; i++) {
                    widths[i] = granularities.get(g + 1).width(i);
                }
                all.add(wide == 0 ? granularities.get(g) : new Submodel(null, widths));
            }
        }
        all.add(full());
        return all;
    }

    /**
     * The largest mix within the budget.
     *
     * @throws InvalidInputException where even the smallest granularity is beyond it, and for a latency, which takes a
     *         {@link LatencyTable} to choose by
     */
    public Submodel choose(Budget budget) {
        return mixes().reversed().stream().filter(s -> fits(s, budget)).findFirst()
                .orElseThrow(() -> new InvalidInputException("budget",
                        "at least that of the smallest submodel, " + cost(granularities.getFirst(), budget),
                        budget.toString(), "raise the budget"));
    }

    boolean fits(Submodel submodel, Budget budget) {
        return switch (budget) {
            case Budget.Compute(double share) -> compute(submodel) <= share;
            case Budget.Parameters(long count) -> parameters(submodel) <= count;
            case Budget.Latency l -> throw unmeasured(l);
        };
    }

    String cost(Submodel submodel, Budget budget) {
        return switch (budget) {
            case Budget.Compute c -> Double.toString(compute(submodel));
            case Budget.Parameters p -> Long.toString(parameters(submodel));
            case Budget.Latency l -> throw unmeasured(l);
        };
    }

    private static InvalidInputException unmeasured(Budget.Latency budget) {
        return new InvalidInputException("budget", "a share of compute or a number of parameters", budget.toString(),
                "measure this machine with Elastic.calibrate, and choose from the table");
    }

    /** Measures all mixes with the default options. */
    public LatencyTable calibrate(Session session, List<Map<String, Tensor>> inputs) {
        return calibrate(session, inputs, Calibration.defaults());
    }

    /**
     * Measures how long each of {@link #mixes} takes on this machine. It runs them all some fifty times, which takes a minute for twenty
     * mixes of 50 ms; the machine should do no more besides than it does in service.
     *
     * @param session one of this model, with the threads that requests will have; best opened with
     *        {@link dev.lanewise.SessionOptions.WarmUp#EAGER}
     * @param inputs requests of the sizes to measure, what they hold being as usual; the largest covers all smaller ones
     */
    public LatencyTable calibrate(Session session, List<Map<String, Tensor>> inputs, Calibration how) {
        if (session.model().elastic() != this || inputs.isEmpty()) {
            throw new InvalidInputException("calibration", "a session of this model, and inputs",
                    inputs.size() + " inputs and a session of " + session.model().name(),
                    "open the session on the model, and give at least one request");
        }
        List<LatencyTable.Row> rows = new ArrayList<>();
        for (Map<String, Tensor> each : inputs) {
            rows.addAll(
                    Calibrator.measure(this, InputSizes.of(each), how, s -> session.run(each, s), System::nanoTime));
        }
        return new LatencyTable(this, Conditions.of(session), rows);
    }

    /**
     * The table of the file, where it fits the session and covers the inputs; else one that is measured now and written there.
     *
     * @throws java.io.UncheckedIOException where reading or writing fails
     */
    public LatencyTable calibrate(Session session, List<Map<String, Tensor>> inputs, Calibration how, Path file) {
        if (Files.exists(file)) {
            try {
                LatencyTable known = LatencyTable.load(file, session);
                inputs.forEach(each -> known.rows(InputSizes.of(each)));
                return known;
            } catch (LatencyTableException | InvalidInputException e) {
                System.getLogger("dev.lanewise").log(System.Logger.Level.INFO, "measuring anew: " + e.getMessage());
            }
        }
        LatencyTable table = calibrate(session, inputs, how);
        table.save(file);
        return table;
    }
}
