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
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dynamically quantised encoders of 12 layers, and a Chinese one of 4, as they are published, against ONNX Runtime. */
class QuantisedEncodersTest {
    private static final SessionOptions COLD = SessionOptions.defaults().withWarmUp(SessionOptions.WarmUp.NONE);
    private static final List<String> TEXTS = List.of("Rain.", "query: how long does the ferry take?",
            "The ferry leaves the harbour at seven in the morning and returns before the shops close.",
            "passage: Two engineers measured how fast the pump could empty the tank, and wrote the numbers down.",
            "Nobody in the village remembered who had planted the old chestnut beside the school.",
            "Prices of copper fell for the third week, although demand for cable has not changed.");
    private static final List<String> CHINESE = List.of("雨。", "渡轮需要多长时间?",
            "渡轮早上七点离开港口，在商店关门之前返回。", "两位工程师测量了水泵排空水箱的速度，并记下了数字。",
            "村里没有人记得学校旁边的老栗子树是谁种的。", "铜价连续第三周下跌，尽管电缆 (cable) 的需求没有变化。");

    /**
     * What {@link MiniLmAgreementTest} says of dynamic quantisation holds for these as well: ONNX Runtime's own levels of optimisation
     * are up to 0.007 apart. As written, every token is within 0.001 of the nearer one.
     */
    @ParameterizedTest
    @ValueSource(strings = {"bge-small-en-v1.5-q", "e5-small-v2-q", "bge-small-zh-v1.5-q"})
    void tokensByCosine(String name) throws Exception {
        byte[] bytes = PackagedModels.resource(name + ".onnx");
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
                int width = expected.getFirst().length / request.get("input_ids").size();
                double written = nearest(expected, hidden(plain, request), width);
                assertTrue(written >= 0.999, "cosine " + written + " as written, for " + request.get("input_ids"));
                found.add(nearest(expected, hidden(session, request), width));
            }
            Collections.sort(found);
            assertTrue(found.getFirst() >= 0.99, "smallest cosines of the texts " + found);
            assertTrue(found.get(found.size() / 2) >= 0.999, "smallest cosines of the texts " + found);
        }
    }

    private static List<Map<String, Tensor>> requests(String name) throws IOException {
        Tokenizer tokenizer;
        try (InputStream in = new ByteArrayInputStream(PackagedModels.resource(name + "-tokenizer.json"))) {
            tokenizer = Tokenizer.load(in, name).withoutPadding();
        }
        return (name.contains("-zh-") ? CHINESE : TEXTS).stream().map(text -> {
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

    /** The smallest cosine over tokens, with the oracle for which that is largest. */
    private static double nearest(List<float[]> oracles, float[] found, int width) {
        double best = -1;
        for (float[] expected : oracles) {
            double smallest = 1;
            for (int token = 0; token < found.length; token += width) {
                smallest = Math.min(smallest, Cosine.of(expected, found, token, width));
            }
            best = Math.max(best, smallest);
        }
        return best;
    }
}
