package dev.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import dev.lanewise.op.elementwise.Cast;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Runs a model here, as written and compiled, and in ONNX Runtime, and compares all outputs. */
final class Differential {
    private static final SessionOptions COLD = SessionOptions.defaults().withWarmUp(SessionOptions.WarmUp.NONE);

    /** Counts over all comparisons. */
    private int models;
    private long integers;
    private long offByOne;
    private double worst;

    /**
     * Compares outputs whose names do not start with "_".
     *
     * @param tolerance of floats, relative to the largest value of the output
     * @param steps by which integers may differ
     */
    void compare(String what, RandomModel m, double tolerance, int steps) throws Exception {
        byte[] bytes = m.bytes();
        List<Tensor> expected = OnnxRuntime.run(bytes, m.inputs());
        for (boolean optimise : new boolean[] {true, false}) {
            LoadOptions options = LoadOptions.defaults().withOptimise(optimise);
            List<Tensor> found = run(bytes, m.inputs(), options);
            assertEquals(expected.size(), found.size(), what);
            for (int i = 0; i < found.size(); i++) {
                compare(what + (optimise ? "" : ", as written") + ", output " + i, expected.get(i), found.get(i),
                        tolerance, steps);
            }
        }
        models++;
    }

    static List<Tensor> run(byte[] bytes, Map<String, Tensor> inputs, LoadOptions options) {
        try (Model model = Model.load(ModelSource.of("test.onnx", bytes), options);
                Session session = model.newSession(COLD)) {
            return session.run(inputs).tensors();
        }
    }

    private void compare(String what, Tensor expected, Tensor found, double tolerance, int steps) {
        assertEquals(expected.type(), found.type(), what);
        assertArrayEquals(expected.shape(), found.shape(), what);
        if (expected.type().isFloatingPoint()) {
            float[] e = floats(expected);
            float[] f = floats(found);
            double largest = 0;
            double difference = 0;
            for (int i = 0; i < e.length; i++) {
                largest = Math.max(largest, Math.abs(e[i]));
                difference = Math.max(difference, e[i] == f[i] || e[i] != e[i] && f[i] != f[i] ? 0
                        : Float.isNaN(f[i] - e[i]) ? Double.POSITIVE_INFINITY : Math.abs(f[i] - e[i]));
            }
            assertTrue(difference <= tolerance * largest, () -> what + ": expected " + shortened(e) + ", found "
                    + shortened(f));
            worst = largest == 0 ? worst : Math.max(worst, difference / largest);
            return;
        }
        for (int i = 0; i < expected.size(); i++) {
            long difference = Math.abs(expected.longAt(i) - found.longAt(i));
            integers++;
            offByOne += difference == 0 ? 0 : 1;
            int at = i;
            assertTrue(difference <= steps, () -> what + "[" + at + "]: expected " + expected.longAt(at) + ", found "
                    + found.longAt(at));
        }
    }

    private static String shortened(float[] values) {
        return Arrays.toString(Arrays.copyOf(values, Math.min(12, values.length)));
    }

    private static float[] floats(Tensor t) {
        return Cast.convert(t, dev.lanewise.DataType.FLOAT).floats();
    }

    @Override
    public String toString() {
        return models + " models agree: floats within " + worst + " of the largest, " + offByOne + " of " + integers
                + " integers one off";
    }
}
