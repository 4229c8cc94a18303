package dev.lanewise.quant.prune;

import java.util.function.IntPredicate;
import java.util.function.ToDoubleFunction;

/**
 * The widths that Adaptive MLP Pruning gives to the blocks: from the last block to the first, each as narrow as halving finds that raises
 * the criterion by at most a threshold. A fall always passes. Errors add up over the blocks.
 *
 * @param threshold of one block, in nats
 * @param halvings 6 in the original
 * @param tile widths are rounded up to multiples of this: what a kernel computes at no cost
 */
record Bisection(double threshold, int halvings, int tile) {
    static final int HALVINGS = 6;

    /** The narrowest width that halving finds to pass; all where none does. */
    static int narrowest(int width, int halvings, IntPredicate passes) {
        int left = 0;
        int right = width;
        int result = width;
        for (int i = 0; i < halvings; i++) {
            int middle = (left + right) / 2;
            if (middle > 0 && passes.test(middle)) {
                right = middle;
                result = middle;
            } else {
                left = middle;
            }
        }
        return result;
    }

    /** @param criterion of the model with these widths, the most important neurons of each block */
    int[] run(Widths of, ToDoubleFunction<int[]> criterion) {
        int[] widths = of.full().clone();
        double before = criterion.applyAsDouble(widths);
        for (int b = widths.length - 1; b >= 0; b--) {
            int block = b;
            double reached = before;
            int narrowest = narrowest(of.full()[b], halvings, width -> {
                int[] tried = widths.clone();
                tried[block] = width;
                return criterion.applyAsDouble(tried) - reached <= threshold;
            });
            widths[b] = of.roundedUp(narrowest, b, tile);
            before = criterion.applyAsDouble(widths.clone());
        }
        return widths;
    }
}
