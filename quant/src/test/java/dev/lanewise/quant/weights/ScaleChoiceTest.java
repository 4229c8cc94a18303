package dev.lanewise.quant.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.KernelMode;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.quant.WeightFormat;
import dev.lanewise.op.quant.WeightFormat.Scale;
import dev.lanewise.quant.calibration.Calibration;
import dev.lanewise.quant.calibration.Histogram;
import dev.lanewise.quant.testing.TestGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Scales of distributions whose right scale is known. */
class ScaleChoiceTest {
    private static final WeightFormat BYTES = ActivationRanges.FORMAT;

    private static Histogram of(float... values) {
        float low = 0;
        float high = 0;
        for (float v : values) {
            low = Math.min(low, v);
            high = Math.max(high, v);
        }
        Histogram h = new Histogram(low, high);
        h.add(values);
        return h;
    }

    /** 100,000 numbers evenly over [0, 1), and some far above or below. */
    private static float[] even(float... outliers) {
        float[] values = Arrays.copyOf(outliers, 100_000 + outliers.length);
        for (int i = outliers.length; i < values.length; i++) {
            values[i] = (i - outliers.length) / 100_000f;
        }
        return values;
    }

    @Test
    void aHistogramCountsEachNumberOnce() {
        Histogram h = of(0, 0.5f, 1, 2048);
        double[] shares = h.shares();
        assertEquals(2048, shares.length);
        assertEquals(0.5, shares[0]);
        assertEquals(0.25, shares[1]);
        assertEquals(0.25, shares[2047]);
        assertEquals(0.5f, h.middles()[0]);
        assertEquals(0, h.lower(0.4));
        assertEquals(2047, h.lower(0.75));
        assertEquals(2048, h.upper(0.2));
        assertEquals(2, h.upper(0.25));
        assertArrayEquals(new double[] {1}, of(0, 0).shares());
    }

    @Test
    void theSmallestScaleReachesAll() {
        assertEquals(new Scale(4 / 255f, 0), ScaleChoice.MIN_MAX.of(BYTES, of(even(4))));
        assertEquals(new Scale(4 / 255f, 64), ScaleChoice.MIN_MAX.of(BYTES, of(even(-1, 3))));
    }

    /** Five in 100,000 are what may be lost at either end: the bins that hold them have a width of 4 / 2048. */
    @Test
    void aPercentileCutsOutliers() {
        assertEquals(1 / 255.0, ScaleChoice.PERCENTILE.of(BYTES, of(even(4, 4, 4, 4, 4))).scale(), 4 / 2048.0 / 255);
        assertEquals(4 / 255f, ScaleChoice.PERCENTILE.of(BYTES, of(even(4, 4, 4, 4, 4, 4))).scale());
        Scale lower = ScaleChoice.PERCENTILE.of(BYTES, of(even(-3, -3)));
        assertEquals(0, lower.zeroPoint());
        assertEquals(1 / 255f, lower.scale(), 1e-6f);
    }

    /** Of weights, the largest of each full thousand. */
    @Test
    void aPercentileOfWeights() {
        float[] w = new float[2000];
        for (int i = 0; i < w.length; i++) {
            w[i] = i % 100 / 100f;
        }
        w[7] = -50;
        w[1900] = 40;
        assertEquals(0.99f / 127, ScaleChoice.PERCENTILE.of(WeightFormat.INT8, w, null).scale());
        assertEquals(50f / 127, ScaleChoice.PERCENTILE.of(WeightFormat.INT8, Arrays.copyOf(w, 900), null).scale());
    }

    /** What every scale of the grid would cost, counted anew. */
    @Test
    void leastErrorIsTheBestOfTheGrid() {
        SplittableRandom random = new SplittableRandom(3);
        WeightFormat format = new WeightFormat(DataType.UINT4, 0);
        float[] x = new float[4000];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) -Math.log(1 - random.nextDouble());
        }
        Histogram h = of(x);
        float[] values = h.middles();
        double[] shares = h.shares();
        Scale best = null;
        double least = Double.MAX_VALUE;
        for (int step = 0; step < 40; step++) {
            float reach = (float) (1 - 0.9 * step / 40);
            Scale s = format.scale(h.low() * reach, h.high() * reach);
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                double off = values[i] - WeightFormat.value(format.code(values[i], s), s);
                sum += off * off * shares[i];
            }
            best = sum < least ? s : best;
            least = Math.min(sum, least);
        }
        assertEquals(best, ScaleChoice.MSE.of(format, h));
        assertTrue(best.scale() < 0.9 * ScaleChoice.MIN_MAX.of(format, h).scale(), "nothing was gained");
    }

    @Test
    void rangesOfAMatrixsInputs() {
        TestGraph g = new TestGraph(DataType.FLOAT);
        Value x = g.input("x", DataType.FLOAT, Dim.symbol("n"), Dim.constant(4));
        Graph graph = g.to(g.matMul(g.add(x, g.scalar(1)), g.weights("w", 1, 4, 512)));
        List<WeightMatrix> matrices = WeightMatrix.of(graph, false);
        Scale seen = ranges(graph, matrices, -3, 0, 1, 5).values().iterator().next();
        assertEquals(new Scale(8 / 255f, 64), seen);
        assertThrows(InvalidInputException.class,
                () -> ranges(graph, matrices, 0, Float.POSITIVE_INFINITY, 1, 2));
        assertThrows(InvalidInputException.class, () -> ranges(graph, matrices, 0, Float.NaN, 1, 2));
    }

    private static Map<String, Scale> ranges(Graph graph, List<WeightMatrix> matrices, float... x) {
        Calibration calibration = Calibration.of(List.of(Map.of("x", Tensor.of(x, 1, 4))), 1);
        return ActivationRanges.of(graph, matrices, ScaleChoice.MIN_MAX, calibration, KernelMode.SCALAR);
    }
}
