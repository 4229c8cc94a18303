package dev.lanewise.models;

import dev.lanewise.KernelMode;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;

/** The real model that most tests of whole runs use, and inputs for it. */
final class MiniLm {
    static final int WIDTH = 384;
    private static final int VOCABULARY = 30522;

    private MiniLm() {
    }

    static byte[] bytes(String name) {
        try (InputStream in = ((ModelSource.Stream) BuiltInModels.find(name).model()).opener().open()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Model load(String name, LoadOptions options) {
        return Model.load(ModelSource.of(name + ".onnx", bytes(name)), options);
    }

    static Model load(KernelMode kernels) {
        return load("all-minilm-l6-v2", LoadOptions.defaults().withKernels(kernels));
    }

    /** Random tokens; row r has {@code lengths[r]} of them, the rest is padding. */
    static Map<String, Tensor> inputs(long seed, int sequence, int... lengths) {
        Random random = new Random(seed);
        long[] ids = new long[lengths.length * sequence];
        long[] mask = new long[ids.length];
        for (int r = 0; r < lengths.length; r++) {
            for (int i = 0; i < lengths[r]; i++) {
                ids[r * sequence + i] = 1 + random.nextInt(VOCABULARY - 1);
                mask[r * sequence + i] = 1;
            }
        }
        return Map.of("input_ids", Tensor.of(ids, lengths.length, sequence), "attention_mask",
                Tensor.of(mask, lengths.length, sequence), "token_type_ids",
                Tensor.of(new long[ids.length], lengths.length, sequence));
    }

    /** Texts as the model's own tokeniser cuts them, padded to the longest. */
    static Map<String, Tensor> text(String name, List<String> texts) throws IOException {
        var tokenizer = BuiltInModels.find(name).tokenizer().withoutPadding();
        List<long[]> rows = texts.stream().map(t -> tokenizer.encode(t).ids()).toList();
        int sequence = rows.stream().mapToInt(r -> r.length).max().orElseThrow();
        long[] ids = new long[rows.size() * sequence];
        long[] mask = new long[ids.length];
        for (int r = 0; r < rows.size(); r++) {
            System.arraycopy(rows.get(r), 0, ids, r * sequence, rows.get(r).length);
            Arrays.fill(mask, r * sequence, r * sequence + rows.get(r).length, 1);
        }
        return Map.of("input_ids", Tensor.of(ids, rows.size(), sequence), "attention_mask",
                Tensor.of(mask, rows.size(), sequence), "token_type_ids",
                Tensor.of(new long[ids.length], rows.size(), sequence));
    }

    /** Rows without padding. */
    static Map<String, Tensor> full(long seed, int batch, int sequence) {
        int[] lengths = new int[batch];
        Arrays.fill(lengths, sequence);
        return inputs(seed, sequence, lengths);
    }

    /** Row {@code row} of a batch, cut to its first {@code length} tokens. */
    static Map<String, Tensor> row(Map<String, Tensor> batch, int row, int length) {
        Map<String, Tensor> out = new java.util.HashMap<>();
        batch.forEach((name, t) -> {
            int from = row * t.dim(1);
            out.put(name, Tensor.of(Arrays.copyOfRange(t.longs(), from, from + length), 1, length));
        });
        return out;
    }

    static long bits(float[] values) {
        CRC32 crc = new CRC32();
        for (float v : values) {
            int b = Float.floatToRawIntBits(v);
            crc.update(b);
            crc.update(b >>> 8);
            crc.update(b >>> 16);
            crc.update(b >>> 24);
        }
        return crc.getValue();
    }
}
