package dev.lanewise.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.KernelMode;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A model whose outputs are FLOAT, loaded in ONNX Runtime and here on vector kernels, compiled and as written, to be run on the same
 * inputs in all three.
 */
final class AgainstOnnxRuntime implements AutoCloseable {
    /** Largest difference, as a share of the output's largest value. */
    private static final double TOLERANCE = 1e-4;
    private static final SessionOptions WARM = SessionOptions.defaults().withWarmUp(SessionOptions.WarmUp.EAGER);

    private final String name;
    private final OnnxRuntime oracle;
    private final Model compiled;
    private final Model asWritten;
    private final Session session;
    private final Session plain;

    AgainstOnnxRuntime(String name, byte[] model) throws Exception {
        LoadOptions options = LoadOptions.defaults().withKernels(KernelMode.REQUIRE);
        ModelSource source = ModelSource.of(name, model);
        this.name = name;
        oracle = new OnnxRuntime(model);
        compiled = Model.load(source, options);
        asWritten = Model.load(source, options.withOptimise(false));
        session = compiled.newSession(WARM);
        plain = asWritten.newSession(WARM);
    }

    /** Compares the compiled model, and returns ONNX Runtime's outputs. */
    List<Tensor> compare(Map<String, Tensor> inputs) throws Exception {
        List<Tensor> expected = oracle.outputs(inputs);
        compare(inputs, expected, session, "");
        return expected;
    }

    /** Compares the model as written as well. */
    List<Tensor> compareBoth(Map<String, Tensor> inputs) throws Exception {
        List<Tensor> expected = compare(inputs);
        compare(inputs, expected, plain, " as written");
        return expected;
    }

    private void compare(Map<String, Tensor> inputs, List<Tensor> expected, Session session, String how) {
        List<Tensor> found = session.run(inputs).tensors();
        assertEquals(expected.size(), found.size());
        for (int i = 0; i < found.size(); i++) {
            String what = name + how + ", output " + i + " of " + inputs;
            assertArrayEquals(expected.get(i).shape(), found.get(i).shape(), what);
            double difference = difference(expected.get(i).floats(), found.get(i).floats());
            assertTrue(difference <= TOLERANCE, what + ": relative difference " + difference);
        }
    }

    /** NaN where one of the values is. */
    private static double difference(float[] expected, float[] found) {
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < found.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs((double) expected[i] - found[i]));
        }
        return difference == 0 ? 0 : difference / largest;
    }

    /** Normal numbers, times a factor; the same each time. */
    static Tensor random(double factor, int... shape) {
        Random random = new Random(Arrays.hashCode(shape));
        Tensor t = Tensor.zeros(dev.lanewise.DataType.FLOAT, shape);
        for (int i = 0; i < t.size(); i++) {
            t.floats()[i] = (float) (factor * random.nextGaussian());
        }
        return t;
    }

    @Override
    public void close() throws Exception {
        session.close();
        plain.close();
        compiled.close();
        asWritten.close();
        oracle.close();
    }
}
