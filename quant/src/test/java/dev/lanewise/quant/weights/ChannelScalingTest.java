package dev.lanewise.quant.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.KernelMode;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.quant.WeightFormat;
import dev.lanewise.quant.calibration.Calibration;
import dev.lanewise.quant.calibration.Observed;
import dev.lanewise.quant.testing.TestGraph;
import dev.lanewise.quant.weights.ChannelScaling.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChannelScalingTest {
    private static final int WIDTH = 32;
    private static final WeightFormat INT4 = new WeightFormat(DataType.INT4, 16);

    /** Vectors some of whose channels are much larger than others. */
    private static List<Map<String, Tensor>> samples(int count, long seed) {
        Random random = new Random(seed);
        List<Map<String, Tensor>> samples = new ArrayList<>();
        for (int s = 0; s < count; s++) {
            float[] x = new float[6 * WIDTH];
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) (random.nextGaussian() * Math.pow(2, i % WIDTH % 7 - 3));
            }
            samples.add(Map.of("x", Tensor.of(x, 1, 6, WIDTH)));
        }
        return samples;
    }

    private static Value input(TestGraph g) {
        return g.input("x", DataType.FLOAT, Dim.symbol("batch"), Dim.symbol("tokens"), Dim.constant(WIDTH));
    }

    private static ChannelScaling run(Graph graph) {
        QuantizeOptions options = new QuantizeOptions(INT4, INT4, n -> false, ScaleChoice.MSE, false, false, 0,
                List.of());
        return ChannelScaling.run(graph, options, Calibration.of(samples(20, 1), 20), KernelMode.SCALAR, p -> {
        });
    }

    private static void assertSameFunction(Graph a, Graph b) {
        try (Observed x = Observed.of(a, KernelMode.SCALAR); Observed y = Observed.of(b, KernelMode.SCALAR)) {
            for (Map<String, Tensor> sample : samples(3, 2)) {
                float[] expected = x.run(sample).get(0).floats();
                float[] found = y.run(sample).get(0).floats();
                double largest = 0;
                for (float e : expected) {
                    largest = Math.max(largest, Math.abs(e));
                }
                for (int i = 0; i < found.length; i++) {
                    assertEquals(expected[i], found[i], 1e-5 * largest);
                }
            }
        }
    }

    /** Scaled matrices are as expected, none is worse, one at least is better, and the function is the same. */
    private static void check(Graph graph, int matrices) {
        ChannelScaling scaling = run(graph);
        assertEquals(matrices, scaling.choices().size(), scaling.choices().toString());
        assertSameFunction(graph, scaling.graph());
        for (Choice c : scaling.choices()) {
            assertTrue(c.after() <= c.before(), c.toString());
        }
        assertTrue(matrices == 0 || scaling.choices().stream().anyMatch(c -> c.after() < 0.99 * c.before()),
                scaling.choices().toString());
        assertEquals(matrices == 0, scaling.constants().isEmpty());
    }

    @Test
    void normalisationsTakeTheDivision() {
        TestGraph g = new TestGraph(DataType.FLOAT);
        Value x = g.mul(input(g), g.scalar(2));
        check(g.to(g.linear("a", g.layerNormalization(x, WIDTH), WIDTH, 64)), 1);
        TestGraph h = new TestGraph(DataType.FLOAT);
        Value y = h.normalised(input(h), WIDTH);
        check(h.to(h.add(h.linear("a", y, WIDTH, 48), h.linear("b", y, WIDTH, 48))), 2);
    }

    /** What a normalisation gives is read by a sum as well, which would be divided too. */
    @Test
    void aResidualTakesNone() {
        TestGraph g = new TestGraph(DataType.FLOAT);
        Value x = g.normalised(input(g), WIDTH);
        check(g.to(g.add(x, g.linear("a", x, WIDTH, WIDTH))), 0);
        TestGraph h = new TestGraph(DataType.FLOAT);
        check(h.to(h.linear("down", h.gelu(h.linear("up", input(h), WIDTH, 64)), 64, WIDTH)), 0);
    }

    @Test
    void linearLayersTakeTheDivision() {
        TestGraph g = new TestGraph(DataType.FLOAT);
        Value up = g.linear("up", input(g), WIDTH, 64);
        check(g.to(g.linear("down", g.unary(Unary.Function.RELU, up), 64, WIDTH)), 1);
        TestGraph h = new TestGraph(DataType.FLOAT);
        check(h.to(h.gated(input(h), WIDTH, 64)), 1);
    }

    /** The values of attention go head by head into the product with the last matrix. */
    @Test
    void theValuesOfAttentionTakeTheDivision() {
        for (int heads : new int[] {1, 4}) {
            TestGraph g = new TestGraph(DataType.FLOAT);
            check(g.to(g.attention(input(g), WIDTH, heads)), 1);
        }
    }

    /** Weights that are scaled are nearer after rounding than those that are not, as the whole model's outputs say. */
    @Test
    void theModelIsNearer() {
        TestGraph g = new TestGraph(DataType.FLOAT);
        Graph graph = g.to(g.linear("a", g.layerNormalization(input(g), WIDTH), WIDTH, 64));
        double scaled = off(graph, run(graph).graph());
        double unscaled = off(graph, graph);
        assertTrue(scaled < unscaled, scaled + " of " + unscaled);
    }

    /** Sum of squared differences from a graph, of another one that is quantised. */
    private static double off(Graph whole, Graph other) {
        QuantizeOptions options = new QuantizeOptions(INT4, INT4, n -> false, ScaleChoice.MSE, false, false, 0,
                List.of());
        Graph rounded = Quantizer.run(other, options, Calibration.of(samples(20, 1), 20), KernelMode.SCALAR, p -> {
        }).graph();
        double sum = 0;
        try (Observed a = Observed.of(whole, KernelMode.SCALAR); Observed b = Observed.of(rounded, KernelMode.SCALAR)) {
            for (Map<String, Tensor> sample : samples(10, 2)) {
                float[] x = a.run(sample).get(0).floats();
                float[] y = b.run(sample).get(0).floats();
                for (int i = 0; i < x.length; i++) {
                    sum += (x[i] - y[i]) * (x[i] - y[i]);
                }
            }
        }
        return sum;
    }
}
