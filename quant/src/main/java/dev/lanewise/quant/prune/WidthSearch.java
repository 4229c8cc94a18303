package dev.lanewise.quant.prune;
import dev.lanewise.InvalidInputException;
import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.quant.calibration.Calibration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Finds how many of the most important neurons of each block to keep, by a {@link Criterion} on samples. Each widths' is measured once,
 * so further searches with the same samples take less.
 */
public final class WidthSearch implements AutoCloseable {
    private static final int HALVINGS = 10;
    private static final double SMALLEST = 1e-6;
    private static final double LARGEST = 16;

    private final Widths widths;
    private final ToDoubleFunction<int[]> criterion;
    private final MaskedModel model;
    private final Map<List<Integer>, Double> known = new HashMap<>();

    WidthSearch(Widths widths, MaskedModel model, Calibration validation, double temperature, Criterion criterion) {
        this.widths = widths;
        this.model = model;
        this.criterion = switch (criterion) {
            case ENTROPY -> w -> model.similarities(validation, temperature, w).stream()
                    .mapToDouble(Similarities::entropy).average().orElseThrow();
            case DIVERGENCE -> {
                List<Similarities> whole = model.similarities(validation, temperature, widths.full());
                yield w -> {
                    List<Similarities> narrower = model.similarities(validation, temperature, w);
                    return IntStream.range(0, whole.size())
                            .mapToDouble(i -> whole.get(i).divergence(narrower.get(i))).average().orElseThrow();
                };
            }
        };
    }

    /** With a criterion from elsewhere. */
    WidthSearch(Widths widths, ToDoubleFunction<int[]> criterion) {
        this.widths = widths;
        this.criterion = criterion;
        this.model = null;
    }

    /** Mean over batches of the criterion of the model with these widths, in nats. */
    public double measure(int[] widths) {
        List<Integer> key = Arrays.stream(widths).boxed().toList();
        Double found = known.get(key);
        if (found == null) {
            found = criterion.applyAsDouble(widths);
            known.put(key, found);
        }
        return found;
    }

    /**
     * The widths of Adaptive MLP Pruning for a threshold.
     *
     * @param threshold how much each block may raise the criterion, in nats
     * @param tile widths are rounded up to multiples of this; 1 for the paper's own
     */
    public int[] atThreshold(double threshold, int tile) {
        return new Bisection(threshold, Bisection.HALVINGS, tile).run(widths, this::measure);
    }

    /**
     * Widths for a share of compute, in multiples of the kernels' tile: by the threshold that meets it, which is found by halving on a
     * logarithmic scale. Widths move in steps and thresholds do not reach every budget, so what is left of it goes to all blocks in
     * proportion.
     *
     * @throws InvalidInputException where the share is below what the narrowest blocks take
     */
    public BudgetedWidths within(double budget) {
        return within(budget, PackedMatrix.PANEL);
    }

    BudgetedWidths within(double budget, int tile) {
        double low = Math.log(SMALLEST);
        double high = Math.log(LARGEST);
        double threshold = LARGEST;
        int[] best = atThreshold(LARGEST, tile);
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            int[] found = atThreshold(Math.exp(middle), tile);
            if (widths.share(found) > budget) {
                low = middle;
            } else {
                high = middle;
                if (widths.share(found) > widths.share(best)) {
                    best = found;
                    threshold = Math.exp(middle);
                }
            }
        }
        return new BudgetedWidths(threshold, widths.filled(best, budget, tile));
    }

    @Override
    public void close() {
        if (model != null) {
            model.close();
        }
    }
}
