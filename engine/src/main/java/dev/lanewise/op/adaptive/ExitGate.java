package dev.lanewise.op.adaptive;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.scalar.ScalarMath;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Which samples of a batch go on behind an early exit. Inputs: logits of the exit's head {@code [b, classes]}, a FLOAT threshold, one
 * number, constant or given with each call, and for {@code COSINE} the same samples' values one layer before. Output: INT64 {@code [b]}, the rows that are not sure enough yet in their order, -1 behind
 * them, for {@link KeepRows}. {@link MergeExits} puts the outputs of all exits together.
 *
 * @param active a symbol of its own for the number of rows that go on
 */
public record ExitGate(Confidence confidence, Dim active) implements Lowerable {
    /** When a sample leaves. */
    public enum Confidence {
        /** Its highest softmax probability is at least the threshold; above 1 none leaves. */
        HIGHEST_PROBABILITY,
        /** The entropy of its softmax, in nats, is at most the threshold; below 0 none leaves. */
        ENTROPY,
        /** Its values, such as an embedding, have at least this cosine with those of the layer before; above 1 none leaves. */
        COSINE
    }

    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, DataType.FLOAT);
        in.type(1, DataType.FLOAT);
        if (!in.shapesKnown()) {
            return List.of(Fact.unknown(DataType.INT64));
        }
        if (in.shape(0).length != 2 || !in.input(1).size().is(1)) {
            throw in.error("logits [b, classes] and one number", in.input(0) + " and " + in.input(1),
                    "check the shapes");
        }
        if (confidence == Confidence.COSINE) {
            in.type(2, DataType.FLOAT);
            if (!Arrays.equals(in.shape(0), in.shape(2))) {
                throw in.error("values before of the same shape", in.input(0) + " and " + in.input(2),
                        "check the shapes");
            }
        }
        return List.of(Fact.of(DataType.INT64, in.shape(0)[0]));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int b = inputs[0].dim(0);
        long[] rows = new long[b];
        rows(inputs[0].floats(), 0, b, inputs[0].dim(1), inputs[1].floats()[0],
                confidence == Confidence.COSINE ? inputs[2].floats() : null, 0, rows, 0);
        return new Tensor[] {Tensor.of(rows, b)};
    }

    private int rows(float[] logits, int at, int b, int classes, float threshold, float[] before, int beforeAt,
            long[] rows, int to) {
        int count = 0;
        for (int r = 0; r < b; r++) {
            boolean leaves = before == null ? isSure(logits, at + r * classes, classes, threshold)
                    : cosine(logits, at + r * classes, before, beforeAt + r * classes, classes) >= threshold;
            if (!leaves) {
                rows[to + count++] = r;
            }
        }
        for (int r = count; r < b; r++) {
            rows[to + r] = -1;
        }
        return count;
    }

    private static float cosine(float[] a, int aAt, float[] b, int bAt, int n) {
        double product = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int i = 0; i < n; i++) {
            product += (double) a[aAt + i] * b[bAt + i];
            squaresA += (double) a[aAt + i] * a[aAt + i];
            squaresB += (double) b[bAt + i] * b[bAt + i];
        }
        return (float) (product / Math.sqrt(squaresA * squaresB));
    }

    private boolean isSure(float[] logits, int at, int n, float threshold) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = at; i < at + n; i++) {
            max = Math.max(max, logits[i]);
        }
        double sum = 0;
        double weighted = 0;
        for (int i = at; i < at + n; i++) {
            float power = ScalarMath.exp(logits[i] - max);
            sum += power;
            // what is 0 adds nothing, even where its logit is -infinity
            weighted += power == 0 ? 0 : power * (double) (logits[i] - max);
        }
        return confidence == Confidence.ENTROPY
                ? (float) (StrictMath.log(sum) - weighted / sum) <= threshold
                : (float) (1 / sum) >= threshold;
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        int logits = at.input(0);
        int threshold = at.input(1);
        int before = confidence == Confidence.COSINE ? at.input(2) : -1;
        int rows = at.output(0);
        int count = at.count(active, at.in(0).shape()[0]);
        return () -> new Step() {
            @Override
            public void run(Frame f, Workers workers) {
                int[] shape = f.shape(logits);
                f.setCount(count, rows(f.floats(logits), f.offset(logits), shape[0], shape[1],
                        f.floats(threshold)[f.offset(threshold)], before < 0 ? null : f.floats(before),
                        before < 0 ? 0 : f.offset(before), f.longs(rows), f.offset(rows)));
            }
        };
    }
}
