package dev.lanewise.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.lanewise.KernelMode;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Outputs;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.WeightPrecision;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whole runs of a real model against ONNX Runtime. */
class MiniLmAgreementTest {
    private static final List<Map<String, Tensor>> REQUESTS = List.of(MiniLm.full(1, 1, 1), MiniLm.full(2, 1, 8),
            MiniLm.full(3, 1, 128), MiniLm.inputs(4, 17, 17, 5, 11), MiniLm.full(5, 8, 128));

    @Test
    void floatModelWithinOneInTenThousand() throws Exception {
        compareFloat(LoadOptions.defaults().withKernels(KernelMode.REQUIRE));
    }

    @Test
    void floatModelWithoutOptimisation() throws Exception {
        compareFloat(LoadOptions.defaults().withOptimise(false));
    }

    private static void compareFloat(LoadOptions options) throws Exception {
        String name = "all-minilm-l6-v2";
        try (OnnxRuntime oracle = new OnnxRuntime(MiniLm.bytes(name)); Model model = MiniLm.load(name, options)) {
            Session session = model.newSession();
            for (Map<String, Tensor> request : REQUESTS) {
                float[] expected = oracle.run(request);
                float[] found = session.run(request).get("last_hidden_state").toFloatArray();
                assertEquals(expected.length, found.length);
                double largest = 0;
                double difference = 0;
                for (int i = 0; i < found.length; i++) {
                    largest = Math.max(largest, Math.abs(expected[i]));
                    difference = Math.max(difference, Math.abs(expected[i] - found[i]));
                }
                assertTrue(difference <= 1e-4 * largest, "relative difference " + difference / largest + " for "
                        + request.get("input_ids"));
            }
        }
    }

    /**
     * Dynamic quantisation takes one scale and zero point for all tokens, so where a rounding falls the other way the whole
     * text moves a little: ONNX Runtime's own optimisation levels differ from each other by 0.007 for some of these texts. Each
     * text is held to the level that is nearest: as written it agrees with one to 0.999 at every token, and optimised, where fewer
     * roundings come before the quantisation, most do and none is farther than 0.99.
     */
    @Test
    void quantisedModelByCosine() throws Exception {
        String name = "all-minilm-l6-v2-q";
        byte[] bytes = MiniLm.bytes(name);
        try (OnnxRuntime all = new OnnxRuntime(bytes, OptLevel.ALL_OPT);
                OnnxRuntime none = new OnnxRuntime(bytes, OptLevel.NO_OPT);
                Model model = MiniLm.load(name, LoadOptions.defaults());
                Model asWritten = MiniLm.load(name, LoadOptions.defaults().withOptimise(false))) {
            Session session = model.newSession();
            Session plain = asWritten.newSession();
            List<Double> found = new ArrayList<>();
            for (String text : TEXTS) {
                Map<String, Tensor> request = MiniLm.text(name, List.of(text));
                List<float[]> expected = List.of(all.run(request), none.run(request));
                double written = nearest(expected, hidden(plain, request));
                assertTrue(written >= 0.999, "cosine " + written + " as written, for " + text);
                found.add(nearest(expected, hidden(session, request)));
            }
            Collections.sort(found);
            assertTrue(found.getFirst() >= 0.99, "smallest cosines of the texts " + found);
            assertTrue(found.get(found.size() / 2) >= 0.9999, "smallest cosines of the texts " + found);
        }
    }

    /**
     * FLOAT weights kept as bytes: what is compared is each token's vector and the mean of each text, with those of the weights as
     * stored.
     */
    @Test
    void weightsAsBytesByCosine() throws Exception {
        String name = "all-minilm-l6-v2";
        LoadOptions bytes = LoadOptions.defaults().withWeights(WeightPrecision.INT8);
        try (Model stored = MiniLm.load(name, LoadOptions.defaults()); Model model = MiniLm.load(name, bytes)) {
            Session reference = stored.newSession();
            Session session = model.newSession();
            List<Double> tokens = new ArrayList<>();
            List<Double> texts = new ArrayList<>();
            for (String text : TEXTS) {
                Map<String, Tensor> request = MiniLm.text(name, List.of(text));
                float[] expected = hidden(reference, request);
                float[] found = hidden(session, request);
                for (int at = 0; at < expected.length; at += MiniLm.WIDTH) {
                    tokens.add(Cosine.of(expected, found, at, MiniLm.WIDTH));
                }
                texts.add(Cosine.of(mean(expected), mean(found), 0, MiniLm.WIDTH));
            }
            Collections.sort(tokens);
            Collections.sort(texts);
            assertTrue(tokens.getFirst() >= 0.995, "cosines of tokens " + tokens);
            assertTrue(tokens.get(tokens.size() / 2) >= 0.999, "cosines of tokens " + tokens);
            assertTrue(texts.getFirst() >= 0.998, "cosines of texts " + texts);
            assertTrue(texts.get(texts.size() / 2) >= 0.9995, "cosines of texts " + texts);
        }
    }

    /** A batch is quantised text by text where it is run so, which no padding can spoil. */
    @Test
    void quantisedTextsTogetherAsAlone() throws Exception {
        String name = "all-minilm-l6-v2-q";
        try (Model model = MiniLm.load(name, LoadOptions.defaults()); Session session = model.newSession()) {
            List<Map<String, Tensor>> requests = new ArrayList<>();
            for (String text : TEXTS) {
                requests.add(MiniLm.text(name, List.of(text)));
            }
            List<Outputs> together = session.runAll(requests);
            for (int i = 0; i < requests.size(); i++) {
                assertArrayEquals(hidden(session, requests.get(i)),
                        together.get(i).get("last_hidden_state").floats(), TEXTS.get(i));
            }
        }
    }

    private static float[] hidden(Session session, Map<String, Tensor> request) {
        return session.run(request).get("last_hidden_state").toFloatArray();
    }

    /** The smallest cosine over tokens, with the oracle for which that is largest. */
    private static double nearest(List<float[]> oracles, float[] found) {
        double best = -1;
        for (float[] expected : oracles) {
            double smallest = 1;
            for (int token = 0; token < found.length; token += MiniLm.WIDTH) {
                smallest = Math.min(smallest, Cosine.of(expected, found, token, MiniLm.WIDTH));
            }
            best = Math.max(best, smallest);
        }
        return best;
    }

    private static final List<String> TEXTS = List.of("Hello", "A man is eating food.",
            "A man is eating a piece of bread.", "The girl is carrying a baby.", "Rain.",
            "The ferry leaves the harbour at seven in the morning and returns before the shops close.",
            "Two engineers measured how fast the pump could empty the tank, and wrote the numbers down.",
            "Nobody in the village remembered who had planted the old chestnut beside the school.",
            "Prices of copper fell for the third week, although demand for cable has not changed.");

    /** The mean of the vectors of all tokens. */
    private static float[] mean(float[] hidden) {
        float[] mean = new float[MiniLm.WIDTH];
        for (int i = 0; i < hidden.length; i++) {
            mean[i % MiniLm.WIDTH] += hidden[i] * MiniLm.WIDTH / hidden.length;
        }
        return mean;
    }
}
