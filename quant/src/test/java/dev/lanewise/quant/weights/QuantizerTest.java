package dev.lanewise.quant.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.KernelMode;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.quant.WeightFormat;
import dev.lanewise.quant.calibration.Calibration;
import dev.lanewise.quant.calibration.Observed;
import dev.lanewise.quant.testing.SmallEncoder;
import dev.lanewise.quant.testing.TestGraph;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class QuantizerTest {
    private static final WeightFormat INT4 = new WeightFormat(DataType.INT4, 16);
    private static final Predicate<String> NONE = name -> false;

    private final Graph graph = SmallEncoder.graph(DataType.FLOAT);
    private final List<Map<String, Tensor>> samples = SmallEncoder.samples(60, 1);

    private static QuantizeOptions options(WeightFormat format, boolean compensated, double target,
            Predicate<String> excluded) {
        return new QuantizeOptions(format, WeightFormat.INT8, excluded, ScaleChoice.MSE, compensated, false, target,
                List.of());
    }

    private Quantizer run(QuantizeOptions options) {
        return Quantizer.run(graph, options, Calibration.of(samples, samples.size()), KernelMode.SCALAR, p -> {
        });
    }

    /** Sum of squared differences of the outputs on samples that nothing was chosen by. */
    private double off(Graph other) {
        double sum = 0;
        try (Observed a = Observed.of(graph, KernelMode.SCALAR); Observed b = Observed.of(other, KernelMode.SCALAR)) {
            for (Map<String, Tensor> sample : SmallEncoder.samples(30, 2)) {
                float[] x = a.run(sample).get(0).floats();
                float[] y = b.run(sample).get(0).floats();
                for (int i = 0; i < x.length; i++) {
                    sum += (x[i] - y[i]) * (x[i] - y[i]);
                }
            }
        }
        return sum;
    }

    @Test
    void moreBitsAndCompensationAreNearer() {
        double int8 = off(run(options(WeightFormat.INT8, false, 0, NONE)).graph());
        double nearest = off(run(options(INT4, false, 0, NONE)).graph());
        double compensated = off(run(options(INT4, true, 0, NONE)).graph());
        assertTrue(int8 < 0.1 * nearest, int8 + " of " + nearest);
        assertTrue(compensated < nearest, compensated + " of " + nearest);
        assertTrue(int8 > 0);
    }

    @Test
    void errorsAreThoseOfTheOutputs() {
        Quantizer q = run(options(INT4, false, 0, NONE));
        for (LayerResult r : q.layers()) {
            if (!r.matrix().isTable() && r.encoded() != null) {
                assertEquals(measured(r), r.error(), 1e-3, r.matrix().label());
            }
        }
    }

    /** By running the inputs of a matrix through it. */
    private double measured(LayerResult r) {
        WeightMatrix m = r.matrix();
        float[] w = m.weights().floats();
        float[] decoded = r.encoded().tensor().floats();
        double off = 0;
        double all = 0;
        try (Observed o = Observed.values(graph, List.of(m.input()), KernelMode.SCALAR)) {
            for (Map<String, Tensor> sample : samples) {
                float[] x = o.run(sample).get(0).floats();
                for (int row = 0; row < x.length / m.k(); row++) {
                    for (int j = 0; j < m.n(); j++) {
                        double y = 0;
                        double e = 0;
                        for (int i = 0; i < m.k(); i++) {
                            int at = m.axis() == 0 ? i * m.n() + j : j * m.k() + i;
                            y += (double) x[row * m.k() + i] * w[at];
                            e += (double) x[row * m.k() + i] * ((double) decoded[at] - w[at]);
                        }
                        all += y * y;
                        off += e * e;
                    }
                }
            }
        }
        return Math.sqrt(off / all);
    }

    @Test
    void aTargetGivesWiderFormatsToSomeAndExclusionsNone() {
        List<LayerResult> narrow = run(options(INT4, false, 0, NONE)).layers();
        double between = narrow.stream().filter(r -> !r.matrix().isTable()).mapToDouble(LayerResult::error).average()
                .orElseThrow();
        List<LayerResult> mixed = run(options(INT4, false, between, NONE)).layers();
        assertTrue(mixed.stream().anyMatch(r -> INT4.equals(r.format())), "none is narrow");
        assertTrue(mixed.stream().anyMatch(r -> new WeightFormat(DataType.INT8, 32).equals(r.format())),
                "none is wider");
        assertTrue(mixed.stream().allMatch(r -> r.error() <= between), "an error above the target");
        String kept = narrow.getLast().matrix().name();
        List<LayerResult> others = run(options(INT4, false, 0, kept::equals)).layers();
        assertNull(others.getLast().encoded());
        assertTrue(others.getFirst().encoded() != null);
    }

    @Test
    void scalesOfLeastErrorAreNearerThanTheLargest() {
        float[] w = new float[32];
        for (int i = 0; i < w.length; i++) {
            w[i] = i == 5 ? 1 : (float) Math.sin(i) * 0.3f;
        }
        double[] errors = new double[2];
        for (ScaleChoice choice : List.of(ScaleChoice.MIN_MAX, ScaleChoice.MSE)) {
            WeightFormat.Scale s = choice.of(INT4, w, null);
            for (float v : w) {
                double e = v - WeightFormat.value(INT4.code(v, s), s);
                errors[choice == ScaleChoice.MSE ? 1 : 0] += e * e;
            }
        }
        assertTrue(errors[1] < errors[0], errors[1] + " of " + errors[0]);
        assertArrayEquals(new int[] {7, -8},
                new int[] {INT4.code(9, new WeightFormat.Scale(1, 0)), INT4.code(-9, new WeightFormat.Scale(1, 0))});
    }

    @Test
    void aModelWithoutMatricesIsRefused() {
        TestGraph g = new TestGraph(DataType.FLOAT);
        Value x = g.input("x", DataType.FLOAT, dev.lanewise.graph.Dim.symbol("n"));
        Graph plain = g.to(g.add(x, x));
        assertThrows(InvalidInputException.class, () -> Quantizer.run(plain, options(INT4, false, 0, NONE), null,
                KernelMode.SCALAR, p -> {
                }));
    }
}
