package dev.lanewise.models;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dynamically quantised encoders as others publish them, against ONNX Runtime at its nearest level of optimisation. */
class QuantizedEncodersTest {
    private static final List<String> TEXTS = List.of("A man is eating food.", "query: how much protein should a female eat",
            "The girl is carrying a baby, and the baby is asleep.", "Vectors", "0123 456 --- ???");

    @ParameterizedTest
    @ValueSource(strings = {"bge-small-en-v1.5-q", "e5-small-v2-q"})
    void meanVectorsByCosine(String name) throws Exception {
        byte[] bytes = resource(name + ".onnx");
        try (OnnxRuntime all = new OnnxRuntime(bytes, OptLevel.ALL_OPT);
                OnnxRuntime none = new OnnxRuntime(bytes, OptLevel.NO_OPT);
                Model model = Model.load(ModelSource.of(name, bytes), LoadOptions.defaults());
                Session session = model.newSession();
                InputStream json = QuantizedEncodersTest.class.getResourceAsStream("/" + name + "-tokenizer.json")) {
            TextInputs inputs = TextInputs.of(name, model.metadata(), Tokenizer.load(json, name), 128);
            for (String text : TEXTS) {
                Map<String, Tensor> request = inputs.of(text);
                float[] found = mean(session.run(request).get(0));
                int width = found.length;
                double cosine = Math.max(cosine(mean(all.run(request), width), found),
                        cosine(mean(none.run(request), width), found));
                assertTrue(cosine >= 0.999, "cosine " + cosine + " for " + text);
            }
        }
    }

    private static byte[] resource(String file) throws IOException {
        try (InputStream in = QuantizedEncodersTest.class.getResourceAsStream("/" + file)) {
            return in.readAllBytes();
        }
    }

    private static float[] mean(Tensor hidden) {
        return mean(hidden.floats(), hidden.dim(2));
    }

    private static float[] mean(float[] hidden, int width) {
        float[] sum = new float[width];
        for (int i = 0; i < hidden.length; i++) {
            sum[i % width] += hidden[i];
        }
        return sum;
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
}
