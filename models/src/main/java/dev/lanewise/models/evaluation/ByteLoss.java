package dev.lanewise.models.evaluation;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import java.util.Map;

/**
 * Mean negative log-likelihood, in nats, of a text's bytes under a language model of bytes. The text is cut into windows that
 * follow each other; the model sees nothing of what is before a window.
 *
 * @param context bytes that the model reads of each window, and predicts, each from those before it
 * @param stride 1 for all windows, 8 for every eighth
 */
public record ByteLoss(byte[] text, int context, int stride) implements Evaluation {
    public ByteLoss {
        if (text.length <= context) {
            throw new InvalidInputException("text", "more than " + context + " bytes", Integer.toString(text.length),
                    "give a longer text");
        }
    }

    @Override
    public String metric() {
        return "loss";
    }

    @Override
    public String unit() {
        return "nats a byte, " + samples() + " windows of " + context + " bytes";
    }

    @Override
    public int samples() {
        return Math.ceilDiv((text.length - 1) / context, stride);
    }

    @Override
    public int batch() {
        return 8;
    }

    /** {@code tokens [count, context]}. */
    @Override
    public Map<String, Tensor> inputs(int from, int count) {
        long[] tokens = new long[count * context];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = text[at(from + i / context) + i % context] & 0xFF;
        }
        return Map.of("tokens", Tensor.of(tokens, count, context));
    }

    private int at(int window) {
        return window * stride * context;
    }

    /** @param logits {@code [count, context, 256]} */
    @Override
    public double sum(Tensor logits, int from, int count) {
        int vocabulary = logits.dim(2);
        if (vocabulary < 256) {
            throw new InvalidInputException("logits", "256 or more for each byte", logits.toString(),
                    "evaluate a language model of bytes");
        }
        double sum = 0;
        for (int i = 0; i < count * context; i++) {
            int next = text[at(from + i / context) + i % context + 1] & 0xFF;
            sum += loss(logits.floats(), i * vocabulary, vocabulary, next);
        }
        return sum / context;
    }

    private static double loss(float[] logits, int from, int vocabulary, int target) {
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = from; i < from + vocabulary; i++) {
            highest = Math.max(highest, logits[i]);
        }
        double sum = 0;
        for (int i = from; i < from + vocabulary; i++) {
            sum += Math.exp(logits[i] - highest);
        }
        return highest + Math.log(sum) - logits[from + target];
    }
}
