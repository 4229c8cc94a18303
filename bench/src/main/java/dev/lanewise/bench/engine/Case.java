package dev.lanewise.bench.engine;

import dev.lanewise.DataType;
import dev.lanewise.ModelMetadata.Port;
import dev.lanewise.Tensor;
import dev.lanewise.models.tokenizer.Encoding;
import dev.lanewise.models.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What one measurement feeds to all engines.
 *
 * @param shape batch and length, or the shape of an image, in words
 * @param inputs tensors by name
 * @param text the text behind the inputs where it is one text, for engines that take text; else null
 */
public record Case(String shape, Map<String, Tensor> inputs, String text) {
    private static final List<String> WORDS = List.of("time", "water", "house", "music", "river", "light", "paper",
            "stone", "garden", "winter", "morning", "letter", "market", "silver", "summer", "window");
    private static final int SPECIAL_TOKENS = 2;

    /** Texts of exactly {@code length} tokens each, out of words that are one token. */
    public static Case tokens(Tokenizer tokenizer, List<String> inputNames, int batch, int length) {
        Random random = new Random(1);
        List<String> texts = IntStream.range(0, batch).mapToObj(b -> IntStream.range(0, length - SPECIAL_TOKENS)
                .mapToObj(i -> WORDS.get(random.nextInt(WORDS.size()))).collect(Collectors.joining(" "))).toList();
        List<Encoding> encodings = texts.stream().map(tokenizer::encode).toList();
        if (encodings.stream().anyMatch(e -> e.length() != length)) {
            throw new IllegalStateException("a word is not one token: " + texts);
        }
        return new Case(batch + "x" + length, padded(encodings, inputNames), batch == 1 ? texts.getFirst() : null);
    }

    /** Encodings as a rectangle, as long as the longest. */
    public static Map<String, Tensor> padded(List<Encoding> encodings, List<String> inputNames) {
        int length = encodings.stream().mapToInt(Encoding::length).max().orElseThrow();
        long[] ids = new long[encodings.size() * length];
        long[] mask = new long[ids.length];
        for (int r = 0; r < encodings.size(); r++) {
            Encoding e = encodings.get(r);
            System.arraycopy(e.ids(), 0, ids, r * length, e.length());
            Arrays.fill(mask, r * length, r * length + e.length(), 1);
        }
        Map<String, Tensor> inputs = new HashMap<>();
        inputs.put("input_ids", Tensor.of(ids, encodings.size(), length));
        inputs.put("attention_mask", Tensor.of(mask, encodings.size(), length));
        if (inputNames.contains("token_type_ids")) {
            inputs.put("token_type_ids", Tensor.zeros(DataType.INT64, encodings.size(), length));
        }
        return inputs;
    }

    /** Random pixels, normal with variance 1, for a model with one input of a fixed shape. */
    public static Case image(Port input) {
        int[] shape = input.dims().stream().mapToInt(d -> Integer.parseInt(d.toString())).toArray();
        Random random = new Random(2);
        float[] pixels = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextGaussian();
        }
        return new Case(Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining("x")),
                Map.of(input.name(), Tensor.of(pixels, shape)), null);
    }
}
