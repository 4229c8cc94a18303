package dev.lanewise.models;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import dev.lanewise.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dynamically quantised encoders of 12 layers, as they are published, against ONNX Runtime. */
class QuantisedEncodersTest {
    private static final SessionOptions COLD = SessionOptions.defaults().withWarmUp(SessionOptions.WarmUp.NONE);
    private static final int WIDTH = 384;
    private static final List<String> TEXTS = List.of("Rain.", "query: how long does the ferry take?",
            "The ferry leaves the harbour at seven in the morning and returns before the shops close.",
            "passage: Two engineers measured how fast the pump could empty the tank, and wrote the numbers down.",
            "Nobody in the village remembered who had planted the old chestnut beside the school.",
            "Prices of copper fell for the third week, although demand for cable has not changed.");

    /**
     * What {@link MiniLmAgreementTest} says of dynamic quantisation holds for these as well: ONNX Runtime's own levels of optimisation
     * are up to 0.007 apart. As written, every token is within 0.001 of the nearer one.
     */
    @ParameterizedTest
    @ValueSource(strings = {"bge-small-en-v1.5-q", "e5-small-v2-q"})
    void tokensByCosine(String name) throws Exception {
        byte[] bytes = resource(name + ".onnx");
        ModelSource source = ModelSource.of(name + ".onnx", bytes);
        try (OnnxRuntime all = new OnnxRuntime(bytes, OptLevel.ALL_OPT);
                OnnxRuntime none = new OnnxRuntime(bytes, OptLevel.NO_OPT);
                Model model = Model.load(source, LoadOptions.defaults());
                Model asWritten = Model.load(source, LoadOptions.defaults().withOptimise(false));
                Session session = model.newSession(COLD);
                Session plain = asWritten.newSession(COLD)) {
            List<Double> found = new ArrayList<>();
            for (Map<String, Tensor> request : requests(name)) {
                List<float[]> expected = List.of(all.run(request), none.run(request));
                double written = nearest(expected, hidden(plain, request));
                assertTrue(written >= 0.999, "cosine " + written + " as written, for " + request.get("input_ids"));
                found.add(nearest(expected, hidden(session, request)));
            }
            Collections.sort(found);
            assertTrue(found.getFirst() >= 0.99, "smallest cosines of the texts " + found);
            assertTrue(found.get(found.size() / 2) >= 0.999, "smallest cosines of the texts " + found);
        }
    }

    private static List<Map<String, Tensor>> requests(String name) throws IOException {
        Tokenizer tokenizer;
        try (InputStream in = open(name + "-tokenizer.json")) {
            tokenizer = Tokenizer.load(in, name).withoutPadding();
        }
        return TEXTS.stream().map(text -> {
            long[] ids = tokenizer.encode(text).ids();
            long[] ones = new long[ids.length];
            Arrays.fill(ones, 1);
            return Map.of("input_ids", Tensor.of(ids, 1, ids.length), "attention_mask",
                    Tensor.of(ones, 1, ids.length), "token_type_ids", Tensor.of(new long[ids.length], 1, ids.length));
        }).toList();
    }

    private static float[] hidden(Session session, Map<String, Tensor> request) {
        return session.run(request).tensors().getFirst().toFloatArray();
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = open(name)) {
            return in.readAllBytes();
        }
    }

    private static InputStream open(String name) {
        return QuantisedEncodersTest.class.getClassLoader().getResourceAsStream(name);
    }

    /** The smallest cosine over tokens, with the oracle for which that is largest. */
    private static double nearest(List<float[]> oracles, float[] found) {
        double best = -1;
        for (float[] expected : oracles) {
            double smallest = 1;
            for (int token = 0; token < found.length; token += WIDTH) {
                smallest = Math.min(smallest, cosine(expected, found, token));
            }
            best = Math.max(best, smallest);
        }
        return best;
    }

    private static double cosine(float[] a, float[] b, int from) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = from; i < from + WIDTH; i++) {
            ab += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return ab / Math.sqrt(aa * bb);
    }
}
