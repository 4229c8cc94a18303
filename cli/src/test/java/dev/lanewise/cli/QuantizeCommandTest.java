package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.models.BuiltInModels;
import java.io.IOException;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real model in fewer bits, as both engines run it. */
class QuantizeCommandTest {
    private static final String MODEL = "all-minilm-l6-v2";
    private static final Map<String, Tensor> INPUTS = Map.of("input_ids",
            Tensor.of(new long[] {101, 1037, 2158, 2003, 5983, 2833, 102}, 1, 7), "attention_mask",
            Tensor.of(new long[] {1, 1, 1, 1, 1, 1, 1}, 1, 7), "token_type_ids", Tensor.of(new long[7], 1, 7));

    /** Verses and glosses that the small checkpoints are evaluated on. */
    private static final Path TEXTS = Path.of("../models/checkpoints/data/evaluation-text.txt");

    @TempDir
    private Path folder;

    private static float[] lanewise(Model model) {
        try (model; Session session = model.newSession()) {
            return session.run(INPUTS).get("last_hidden_state").floats();
        }
    }

    private static float[] onnxRuntime(Path file) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try (OrtSession session = environment.createSession(file.toString())) {
            for (Map.Entry<String, Tensor> e : INPUTS.entrySet()) {
                inputs.put(e.getKey(), OnnxTensor.createTensor(environment, LongBuffer.wrap(e.getValue().longs()),
                        new long[] {1, 7}));
            }
            try (OrtSession.Result result = session.run(inputs)) {
                return ((OnnxTensor) result.get("last_hidden_state").orElseThrow()).getFloatBuffer().array();
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0;
        double ofA = 0;
        double ofB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            ofA += (double) a[i] * a[i];
            ofB += (double) b[i] * b[i];
        }
        return product / Math.sqrt(ofA * ofB);
    }

    /** Quantises, and compares with the whole model and between the engines. */
    private Map<String, Object> check(double nearWhole, double nearOther, Object... options) throws Exception {
        Path file = folder.resolve("quantized.onnx");
        Object[] all = new Object[options.length + 5];
        List<Object> fixed = List.of("quantize", MODEL, "-o", file, "--json");
        for (int i = 0; i < all.length; i++) {
            all[i] = i < fixed.size() ? fixed.get(i) : options[i - fixed.size()];
        }
        Outcome o = Outcome.of(all);
        assertEquals(0, o.code(), o.err());
        float[] whole = lanewise(Model.load(BuiltInModels.find(MODEL).model(), LoadOptions.defaults()));
        float[] ours = lanewise(Model.load(file));
        float[] theirs = onnxRuntime(file);
        assertTrue(cosine(whole, ours) >= nearWhole, "with the whole model " + cosine(whole, ours));
        assertTrue(cosine(theirs, ours) >= nearOther, "with ONNX Runtime " + cosine(theirs, ours));
        Map<String, Object> document = o.json();
        assertEquals(Files.size(file), ((Number) document.get("bytes_after")).longValue());
        return document;
    }

    private static double smaller(Map<String, Object> document) {
        return ((Number) document.get("bytes_before")).doubleValue()
                / ((Number) document.get("bytes_after")).doubleValue();
    }

    @Test
    void bytesOfChannels() throws Exception {
        assertTrue(smaller(check(0.999, 0.999, "--weights", "int8", "--scales", "min_max")) > 3.7);
    }

    @Test
    @SuppressWarnings("unchecked")
    void halfBytes() throws Exception {
        Map<String, Object> document = check(0.9, 0.9999, "--weights", "int4", "--scales", "min_max");
        assertTrue(smaller(document) > 6.29, "times smaller: " + smaller(document));
        List<Map<String, Object>> layers = (List<Map<String, Object>>) document.get("layers");
        assertEquals("int4 group 32", layers.getLast().get("format"));
        assertTrue(layers.stream().allMatch(l -> ((Number) l.get("error")).doubleValue() > 0));
    }

    /**
     * A code that one engine rounds up and the other down changes all that follows. ONNX Runtime's integer sums saturate where the processor has no
     * 8-bit dot product, so there it is off by more.
     */
    private static double nearIntegers() throws IOException {
        Path processor = Path.of("/proc/cpuinfo");
        return Files.isReadable(processor) && Files.readString(processor).contains("vnni") ? 0.99 : 0.98;
    }

    @Test
    void dynamicActivations() throws Exception {
        check(0.98, nearIntegers(), "--weights", "int8", "--activations", "dynamic", "--scales", "min_max");
    }

    @Test
    void staticActivations() throws Exception {
        Map<String, Object> document = check(0.9, nearIntegers(), "--weights", "int8", "--activations", "static",
                "--scales", "min_max", "--rounding", "nearest", "--calibrate", TEXTS, "--samples", "64");
        assertTrue(((Number) document.get("mean_cosine")).doubleValue() > 0.98);
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() throws IOException {
        Path out = folder.resolve("out.onnx");
        for (List<String> options : List.of(List.of("--group", "17"), List.of("--rounding", "compensated"),
                List.of("--activations", "static"), List.of("--weights", "int4", "--activations", "dynamic"))) {
            Object[] all = new Object[4 + options.size()];
            List<Object> fixed = List.of("quantize", MODEL, "-o", out);
            for (int i = 0; i < all.length; i++) {
                all[i] = i < 4 ? fixed.get(i) : options.get(i - 4);
            }
            Outcome o = Outcome.of(all);
            assertEquals(2, o.code(), options + ": " + o.err());
        }
    }

    /** A folder with safetensors: half bytes, and what they stand for. */
    @Test
    void aCheckpoint() throws Exception {
        Path from = Path.of("..", "models", "checkpoints", "vit-plain-1-8");
        Path to = folder.resolve("vit");
        Outcome o = Outcome.of("quantize", from, "--weights", "int4", "-o", to);
        assertEquals(0, o.code(), o.err());
        assertTrue(Files.size(to.resolve("model.safetensors")) < 0.5 * Files.size(from.resolve("model.safetensors")));
        float[] pixels = new float[28 * 28];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) Math.sin(i * 0.01);
        }
        try (Model whole = Model.load(from); Model small = Model.load(to); Session a = whole.newSession();
                Session b = small.newSession()) {
            Map<String, Tensor> inputs = Map.of("images", Tensor.of(pixels, 1, 1, 28, 28));
            double cosine = cosine(a.run(inputs).get(0).floats(), b.run(inputs).get(0).floats());
            assertTrue(cosine > 0.95 && cosine < 1, "cosine " + cosine);
            assertTrue(small.compiled().packedBytes() < 0.3 * whole.compiled().packedBytes());
        }
    }
}
