package dev.lanewise.quant.weights;

import dev.lanewise.op.quant.WeightFormat;
import dev.lanewise.op.quant.WeightFormat.Scale;
import dev.lanewise.quant.calibration.Histogram;
import java.util.Arrays;

/** How the scale of a block of weights, or of activations, is found. */
public enum ScaleChoice {
    /** The smallest scale that reaches all numbers. */
    MIN_MAX,
    /**
     * The same without the largest of a thousand weights, which saturate; blocks of less than a thousand lose none. Of activations
     * without one in ten thousand, half of them at either end.
     */
    PERCENTILE,
    /**
     * Of scales that reach between 60 % and all of the way, of activations between 10 % and all of it, the one with the smallest weighted
     * sum of squared errors.
     */
    MSE;

    private static final double OUTLIERS = 1e-3;
    private static final double OUTLIERS_OF_ACTIVATIONS = 1e-4;
    private static final int STEPS = 40;
    private static final double LEAST_REACH = 0.6;
    private static final double LEAST_REACH_OF_ACTIVATIONS = 0.1;

    /**
     * The scale of a block.
     *
     * @param w the weights
     * @param importance what the squared error of each counts, or null where all count the same
     */
    Scale of(WeightFormat format, float[] w, double[] importance) {
        float low = 0;
        float high = 0;
        for (float v : w) {
            low = Math.min(low, v);
            high = Math.max(high, v);
        }
        return switch (this) {
            case MIN_MAX -> format.scale(low, high);
            case PERCENTILE -> percentile(format, w);
            case MSE -> best(format, w, importance, low, high, LEAST_REACH);
        };
    }

    /** The scale of activations, by how often each value occurs. */
    Scale of(WeightFormat format, Histogram seen) {
        return switch (this) {
            case MIN_MAX -> format.scale(seen.low(), seen.high());
            case PERCENTILE -> format.scale(seen.lower(OUTLIERS_OF_ACTIVATIONS / 2),
                    seen.upper(OUTLIERS_OF_ACTIVATIONS / 2));
            case MSE -> best(format, seen.middles(), seen.shares(), seen.low(), seen.high(),
                    LEAST_REACH_OF_ACTIVATIONS);
        };
    }

    private static Scale percentile(WeightFormat format, float[] w) {
        int outliers = (int) (w.length * OUTLIERS);
        float[] sorted = w.clone();
        if (format.type().isUnsigned()) {
            Arrays.sort(sorted);
            return format.scale(sorted[outliers / 2], sorted[sorted.length - 1 - outliers / 2]);
        }
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = Math.abs(sorted[i]);
        }
        Arrays.sort(sorted);
        float most = sorted[sorted.length - 1 - outliers];
        return format.scale(-most, most);
    }

    private static Scale best(WeightFormat format, float[] w, double[] importance, float low, float high,
            double leastReach) {
        Scale best = format.scale(low, high);
        double least = error(format, w, importance, best);
        for (int step = 1; step < STEPS; step++) {
            float reach = (float) (1 - (1 - leastReach) * step / STEPS);
            Scale s = format.scale(low * reach, high * reach);
            double error = error(format, w, importance, s);
            if (error < least) {
                least = error;
                best = s;
            }
        }
        return best;
    }

    private static double error(WeightFormat format, float[] w, double[] importance, Scale s) {
        double sum = 0;
        for (int i = 0; i < w.length; i++) {
            double off = w[i] - WeightFormat.value(format.code(w[i], s), s);
            sum += off * off * (importance == null ? 1 : importance[i]);
        }
        return sum;
    }
}
