package dev.lanewise.bench.engine;

import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import dev.lanewise.bench.model.ReferenceModel;
import dev.lanewise.models.EmbedderOptions;
import dev.lanewise.models.TextEmbedder;
import dev.lanewise.models.tokenizer.Encoding;
import dev.lanewise.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * A batch of texts of different lengths, from the texts to their vectors. Our side is {@link TextEmbedder}, as a user calls it; the
 * other side has the same tokeniser and the same pooling around one run on the padded rectangle.
 */
public final class TextBatch {
    private TextBatch() {
    }

    /** Texts that people might embed together, from a few words to a paragraph. */
    public static List<String> texts() {
        try (InputStream in = TextBatch.class.getResourceAsStream("texts.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tokens of the texts themselves, and of the rectangle that holds them. */
    public record Size(int texts, int tokens, int rectangle) {
        public static Size of(Tokenizer tokenizer, List<String> texts) {
            int[] lengths = texts.stream().mapToInt(t -> tokenizer.encode(t).length()).toArray();
            int longest = 0;
            int sum = 0;
            for (int length : lengths) {
                longest = Math.max(longest, length);
                sum += length;
            }
            return new Size(lengths.length, sum, lengths.length * longest);
        }
    }

    /** Our embedder. */
    public static TextEmbedder embedder(ReferenceModel model, int threads) throws IOException {
        return TextEmbedder.load(model.onnx().toString(), EmbedderOptions.defaults().withMaxLength(512)
                .withTokenizer(model.tokenizerFile()).withSession(SessionOptions.defaults().withThreads(threads)));
    }

    /** What our side does with the batch. */
    public static float[][] lanewise(TextEmbedder embedder, List<String> texts) {
        return embedder.embed(texts);
    }

    /** The padded rectangle in another engine. */
    public static float[][] padded(Contender engine, Tokenizer tokenizer, List<String> inputNames, List<String> texts)
            throws Exception {
        List<Encoding> encodings = texts.stream().map(tokenizer::encode).toList();
        Map<String, Tensor> inputs = Case.padded(encodings, inputNames);
        engine.prepare(new Case("texts", inputs, null));
        float[] hidden = engine.output();
        int length = inputs.get("input_ids").dim(1);
        float[][] vectors = new float[texts.size()][];
        for (int r = 0; r < vectors.length; r++) {
            int width = hidden.length / (vectors.length * length);
            vectors[r] = MeanPooling.of(hidden, r * length * width, encodings.get(r).length(), width);
        }
        return vectors;
    }
}
