package dev.lanewise.quant.prune;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The threshold of the bisection that meets a budget: halved on a logarithmic scale, the same for the same samples. Widths move in
 * steps and thresholds do not reach every budget, so what is left of it is given to all blocks in proportion.
 */
final class BudgetSearch {
    private static final int HALVINGS = 10;
    private static final double SMALLEST = 1e-6;
    private static final double LARGEST = 16;

    private BudgetSearch() {
    }

    /** @param entropy of the model with these widths; asked once for each */
    static BudgetedWidths run(Widths of, double budget, int tile, ToDoubleFunction<int[]> entropy) {
        Map<List<Integer>, Double> known = new HashMap<>();
        ToDoubleFunction<int[]> once = w -> known.computeIfAbsent(Arrays.stream(w).boxed().toList(),
                k -> entropy.applyAsDouble(w));
        double low = Math.log(SMALLEST);
        double high = Math.log(LARGEST);
        double threshold = LARGEST;
        int[] best = new Bisection(LARGEST, Bisection.HALVINGS, tile).run(of, once);
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            int[] widths = new Bisection(Math.exp(middle), Bisection.HALVINGS, tile).run(of, once);
            if (of.share(widths) > budget) {
                low = middle;
            } else {
                high = middle;
                if (of.share(widths) > of.share(best)) {
                    best = widths;
                    threshold = Math.exp(middle);
                }
            }
        }
        return new BudgetedWidths(threshold, of.filled(best, budget, tile));
    }
}
