package dev.lanewise.op.norm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.Steps;
import dev.lanewise.testing.GraphBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnifiedNormalizationTest {
    private static final int CHANNELS = 37;
    private final GraphBuilder g = new GraphBuilder();
    private final Tensor scale = g.tensor(CHANNELS);
    private final Tensor bias = g.tensor(CHANNELS);
    private final Tensor moment = squares(g.tensor(CHANNELS));

    private static Tensor squares(Tensor t) {
        for (int i = 0; i < t.size(); i++) {
            t.floats()[i] *= t.floats()[i];
        }
        return t;
    }

    private static Value constant(Tensor t) {
        return GraphBuilder.constant(t);
    }

    private Graph graph(Value x, Tensor w, Tensor b, Tensor v, float epsilon) {
        return g.to(g.op(new UnifiedNormalization(epsilon), x, constant(w), constant(b), constant(v)));
    }

    private float[] of(Tensor x) {
        return new UnifiedNormalization(1e-5f).evaluate(new Tensor[] {x, scale, bias, moment})[0].floats();
    }

    @Test
    void isOneFunctionForEachChannel() {
        Tensor x = g.tensor(3, CHANNELS);
        float[] y = of(x);
        for (int i = 0; i < y.length; i++) {
            int c = i % CHANNELS;
            double expected =
                    scale.floats()[c] * x.floats()[i] / Math.sqrt(moment.floats()[c] + 1e-5) + bias.floats()[c];
            assertEquals(expected, y[i], 1e-6 * (1 + Math.abs(expected)));
        }
    }

    @Test
    void theStepHasTheBitsOfTheDefinition() {
        Value x = g.floats("x", "n", 5, CHANNELS);
        Graph graph = graph(x, scale, bias, moment, 1e-5f);
        Steps.assertAsDefined(graph, List.of(new Tensor[] {g.tensor(1, 5, CHANNELS)},
                new Tensor[] {g.tensor(23, 5, CHANNELS)}, new Tensor[] {g.tensor(0, 5, CHANNELS)}));
        // and where it may write over what it reads
        Value y = g.op(new UnifiedNormalization(0), g.add(x, x), constant(scale), constant(bias), constant(moment));
        Steps.assertAsDefined(g.to(y), List.<Tensor[]>of(new Tensor[] {g.tensor(9, 5, CHANNELS)}));
    }

    @Test
    void aTokenIsUnchangedByTheOthers() {
        Tensor x = g.tensor(4, CHANNELS);
        float[] together = of(x);
        Tensor other = g.tensor(4, CHANNELS);
        System.arraycopy(x.floats(), CHANNELS, other.floats(), CHANNELS, CHANNELS);
        assertArrayEquals(Arrays.copyOfRange(together, CHANNELS, 2 * CHANNELS),
                Arrays.copyOfRange(of(other), CHANNELS, 2 * CHANNELS));
        assertArrayEquals(Arrays.copyOfRange(together, CHANNELS, 2 * CHANNELS),
                of(Tensor.of(Arrays.copyOfRange(x.floats(), CHANNELS, 2 * CHANNELS), 1, 1, CHANNELS)));
    }

    @Test
    void isHomogeneousButForItsBias() {
        Tensor x = g.tensor(2, CHANNELS);
        Tensor tripled = Tensor.of(x.toFloatArray(), 2, CHANNELS);
        for (int i = 0; i < tripled.size(); i++) {
            tripled.floats()[i] *= 3;
        }
        float[] once = of(x);
        float[] thrice = of(tripled);
        for (int i = 0; i < once.length; i++) {
            float b = bias.floats()[i % CHANNELS];
            assertEquals(3.0 * (once[i] - b), thrice[i] - b, 1e-5 * (1 + Math.abs(thrice[i])));
        }
    }

    @Test
    void statisticsThatMakeNoSenseAreRefused() {
        Value x = g.floats("x", "n", 2);
        Tensor ones = Tensor.of(new float[] {1, 1}, 2);
        for (float bad : new float[] {Float.NaN, -1e-3f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            Tensor moments = Tensor.of(new float[] {1, bad}, 2);
            ModelFormatException e =
                    assertThrows(ModelFormatException.class, () -> graph(x, ones, ones, moments, 1e-5f));
            assertTrue(e.found().contains(Float.toString(bad)), e.getMessage());
        }
        Tensor zero = Tensor.of(new float[] {1, 0}, 2);
        assertThrows(ModelFormatException.class, () -> graph(x, ones, ones, zero, 0));
        graph(x, ones, ones, zero, 1e-5f);
        Tensor nan = Tensor.of(new float[] {Float.NaN, 1}, 2);
        assertThrows(ModelFormatException.class, () -> graph(x, nan, ones, ones, 1e-5f));
        assertThrows(ModelFormatException.class, () -> graph(x, ones, nan, ones, 1e-5f));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void parametersOfAnotherLengthAreRefused(int which) {
        Tensor[] p =
                {null, Tensor.zeros(scale.type(), 2), Tensor.zeros(scale.type(), 2), Tensor.of(new float[] {1, 1}, 2)};
        p[which] = Tensor.of(new float[] {1, 1, 1}, 3);
        assertThrows(ModelFormatException.class, () -> graph(g.floats("x", "n", 2), p[1], p[2], p[3], 1e-5f));
        p[which] = Tensor.of(new float[] {1, 1}, 1, 2);
        assertThrows(ModelFormatException.class, () -> graph(g.floats("x", "n", 2), p[1], p[2], p[3], 1e-5f));
        Value free = g.floats("p", 2);
        Value[] in = {g.floats("x", "n", 2), constant(Tensor.of(new float[] {1, 1}, 2)),
            constant(Tensor.of(new float[] {1, 1}, 2)), constant(Tensor.of(new float[] {1, 1}, 2))};
        in[which] = free;
        assertThrows(ModelFormatException.class, () -> g.op(new UnifiedNormalization(1e-5f), in));
    }

    @Test
    void parametersTellByTheirNamesWhatTheyBelongTo() {
        assertEquals(NormParameters.LAYER, NormParameters.of(Set.of("weight", "bias")));
        assertEquals(NormParameters.BATCH, NormParameters
                .of(Set.of("weight", "bias", "running_mean", "running_var", "num_batches_tracked")));
        assertEquals(NormParameters.UNIFIED, NormParameters.of(
                Set.of("weight", "bias", "running_var", "ema_gz", "buffer_x2", "buffer_gz", "iters", "skip_counter")));
        assertEquals(NormParameters.NONE, NormParameters.of(Set.of("weight", "bias", "running_var")));
        assertEquals(NormParameters.NONE, NormParameters.of(Set.of("weight")));
    }
}
