package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.cli.peer.OnnxRuntimePeer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A residual network of images with bytes for weights and activations, as both engines run it. */
class StaticQuantizationTest {
    private static final int[] SHAPE = {8, 9, 9};

    @TempDir
    private Path folder;

    private static Tensor images(long seed, int count) {
        Random random = new Random(seed);
        float[] pixels = new float[count * SHAPE[0] * SHAPE[1] * SHAPE[2]];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextGaussian();
        }
        return Tensor.of(pixels, count, SHAPE[0], SHAPE[1], SHAPE[2]);
    }

    private static float[] run(Path file, Tensor x) {
        try (Model model = Model.load(file); Session session = model.newSession()) {
            return session.run(Map.of("images", x)).get("scores").floats();
        }
    }

    private static float[] onnxRuntime(Path file, Tensor x) throws Exception {
        try (OnnxRuntimePeer peer = new OnnxRuntimePeer(ModelSource.of(file), 1)) {
            peer.setInputs(Map.of("images", x));
            return peer.outputs().get("scores").floats();
        }
    }

    /** Share of the first that the difference makes up. */
    private static double off(float[] a, float[] b) {
        double off = 0;
        double all = 0;
        for (int i = 0; i < a.length; i++) {
            off += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
            all += (double) a[i] * a[i];
        }
        return Math.sqrt(off / all);
    }

    /** Operator sets from before QuantizeLinear, from before axes of DequantizeLinear, and of today. */
    @ParameterizedTest
    @CsvSource({"9, min_max", "12, percentile", "21, mse"})
    @SuppressWarnings("unchecked")
    void bothEnginesAgree(int operatorSet, String scales) throws Exception {
        Path whole = Files.write(folder.resolve("whole.onnx"), OnnxBytes.residualNet(operatorSet));
        Path calibration = folder.resolve("images.npy");
        NpyFile.write(calibration, images(1, 8));
        Path file = folder.resolve("static.onnx");
        Outcome o = Outcome.of("quantize", whole, "-o", file, "--activations", "static", "--calibrate", calibration,
                "--scales", scales, "--json");
        assertEquals(0, o.code(), o.err());
        List<Map<String, Object>> layers = (List<Map<String, Object>>) o.json().get("layers");
        assertEquals(5, layers.size());
        layers.forEach(l -> assertEquals("int8 per channel", l.get("format")));
        Tensor x = images(2, 4);
        float[] ours = run(file, x);
        double between = off(onnxRuntime(file, x), ours);
        assertTrue(between < 0.01, "ONNX Runtime's is off by " + between);
        double lost = off(run(whole, x), ours);
        assertTrue(lost > 0.001 && lost < 0.05, "quantised, it is off by " + lost);
        double cosine = ((Number) o.json().get("mean_cosine")).doubleValue();
        assertTrue(cosine > 0.999 && cosine < 1, "mean cosine " + cosine);
    }

    @Test
    void brainFloatsNeedTheirCast() throws Exception {
        Path file = folder.resolve("brain.onnx");
        Path old = Files.write(folder.resolve("old.onnx"), OnnxBytes.residualNet(12));
        Outcome refused = Outcome.of("quantize", old, "-o", file, "--weights", "bf16");
        assertEquals(1, refused.code());
        assertTrue(refused.err().contains("operator set 13"), refused.err());
        assertTrue(Files.notExists(file));
        Path whole = Files.write(folder.resolve("whole.onnx"), OnnxBytes.residualNet(13));
        assertEquals(0, Outcome.of("quantize", whole, "-o", file, "--weights", "bf16").code());
        Tensor x = images(2, 4);
        double between = off(onnxRuntime(file, x), run(file, x));
        assertTrue(between < 1e-5, "ONNX Runtime's is off by " + between);
        double lost = off(run(whole, x), run(file, x));
        assertTrue(lost > 1e-5 && lost < 0.02, "in 16 bits, it is off by " + lost);
    }

    @Test
    void dynamicActivationsNeedTheirOperator() throws Exception {
        Path whole = Files.write(folder.resolve("whole.onnx"), OnnxBytes.residualNet(10));
        Path file = folder.resolve("dynamic.onnx");
        Outcome o = Outcome.of("quantize", whole, "-o", file, "--activations", "dynamic");
        assertEquals(1, o.code());
        assertTrue(o.err().contains("operator set 11"), o.err());
        assertTrue(Files.notExists(file));
    }
}
