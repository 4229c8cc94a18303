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
 * Adaptive token sampling: which tokens of an image go on, chosen before they attend. The score of token j is the attention that the
 * class token pays to it, summed over heads, times the norm of its value over all heads; attention is
 * {@code (exp(s - max) + epsilon / N) / (sum of exp(s - max) + epsilon)}. {@link TokenSelection} keeps some. Inputs: q of the class
 * token {@code [1, 1, heads*d]}, k and v of all {@code [1, N, heads*d]}. Output: INT64 {@code [N]}, the rows that are kept, 0 (the class
 * token) first, then by rising score; -1 behind them. {@link KeepRows} takes them out of other values. How many there are is
 * a size of later nodes that each run sets; images keep different numbers, so a request is one image, and several run together through
 * {@link dev.lanewise.Session#runAll}. Fayyaz et al. 2022.
 *
 * @param scale of the scores
 * @param points of the grid, at least 2: the most tokens that are kept beside the class token. Of the released models one less than the
 *        tokens of the whole image.
 * @param epsilon of the attention, 1e-6 there
 * @param kept a symbol of its own for the number of rows
 */
public record TokenSampling(int heads, float scale, int points, float epsilon, Dim kept) implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        for (int i = 0; i < 3; i++) {
            in.type(i, DataType.FLOAT);
        }
        if (points < 2 || heads < 1) {
            throw in.error("2 or more points and 1 or more heads", points + " and " + heads, "correct the numbers");
        }
        if (!in.shapesKnown()) {
            return List.of(Fact.unknown(DataType.INT64));
        }
        Dim[] q = in.shape(0);
        Dim[] k = in.shape(1);
        Dim[] v = in.shape(2);
        if (q.length != 3 || k.length != 3 || v.length != 3 || !q[2].isConstant() || q[2].value() % heads != 0
                || !k[2].equals(q[2]) || !v[2].equals(q[2])) {
            throw in.error("q [1, 1, c], k and v [1, N, c] with a c that the heads divide",
                    in.input(0) + ", " + in.input(1) + ", " + in.input(2), "check the shapes");
        }
        in.assumeEqual(q[1], Dim.ONE);
        for (Dim batch : List.of(q[0], k[0], v[0])) {
            if (batch.isConstant() && !batch.is(1)) {
                throw in.error("one image", batch + " images",
                        "give one image a request: Session.runAll takes several requests together");
            }
            in.assumeEqual(batch, Dim.ONE);
        }
        return List.of(Fact.of(DataType.INT64, in.assumeEqual(k[1], v[1])));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int n = inputs[1].dim(1);
        long[] rows = new long[n];
        new Scores().rows(inputs[0].floats(), 0, inputs[1].floats(), 0, inputs[2].floats(), 0, n, inputs[1].dim(2),
                rows, 0);
        return new Tensor[] {Tensor.of(rows, n)};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        int q = at.input(0);
        int k = at.input(1);
        int v = at.input(2);
        int rows = at.output(0);
        int count = at.count(kept, at.in(1).shape()[1]);
        return () -> new Sample(q, k, v, rows, count);
    }

    /** Scores in double from logits in float; arrays are kept between runs. */
    private final class Scores {
        private final TokenSelection selection = new TokenSelection();
        private double[] scores = new double[0];
        private float[] powers = new float[0];

        void reserve(int n) {
            if (scores.length < n) {
                scores = new double[n];
                powers = new float[n];
                selection.reserve(n);
            }
        }

        /** Writes the kept rows and returns how many there are. */
        int rows(float[] q, int qAt, float[] k, int kAt, float[] v, int vAt, int n, int width, long[] rows, int to) {
            reserve(n);
            Arrays.fill(scores, 0);
            for (int h = 0; h < heads; h++) {
                attention(q, qAt, k, kAt, n, width, h * (width / heads));
            }
            double sum = 0;
            for (int j = 1; j < n; j++) {
                // from here on counted without the class token
                scores[j - 1] = scores[j] * norm(v, vAt + j * width, width);
                sum += scores[j - 1];
            }
            for (int j = 0; j < n - 1; j++) {
                scores[j] /= sum;
            }
            int count = n == 0 ? 0 : 1 + selection.select(scores, n - 1, points);
            for (int i = 0; i < n; i++) {
                rows[to + i] = i == 0 ? 0 : i < count ? 1 + selection.kept(i - 1) : -1;
            }
            return count;
        }

        private void attention(float[] q, int qAt, float[] k, int kAt, int n, int width, int head) {
            float max = Float.NEGATIVE_INFINITY;
            for (int j = 0; j < n; j++) {
                float s = 0;
                for (int d = head; d < head + width / heads; d++) {
                    s = Math.fma(q[qAt + d] * scale, k[kAt + j * width + d], s);
                }
                powers[j] = s;
                max = Math.max(max, s);
            }
            double sum = epsilon;
            for (int j = 0; j < n; j++) {
                powers[j] = ScalarMath.exp(powers[j] - max);
                sum += powers[j];
            }
            for (int j = 0; j < n; j++) {
                scores[j] += (powers[j] + (double) epsilon / n) / sum;
            }
        }

        private static double norm(float[] v, int at, int width) {
            double squares = 0;
            for (int c = at; c < at + width; c++) {
                squares += (double) v[c] * v[c];
            }
            return Math.sqrt(squares);
        }
    }

    /** On the calling thread: the work is that of one query. */
    private final class Sample implements Step {
        private final Scores scores = new Scores();
        private final int q;
        private final int k;
        private final int v;
        private final int rows;
        private final int count;

        Sample(int q, int k, int v, int rows, int count) {
            this.q = q;
            this.k = k;
            this.v = v;
            this.rows = rows;
            this.count = count;
        }

        @Override
        public void bind(Frame f) {
            scores.reserve(f.shape(k)[1]);
        }

        @Override
        public void run(Frame f, Workers workers) {
            int[] shape = f.shape(k);
            f.setCount(count, scores.rows(f.floats(q), f.offset(q), f.floats(k), f.offset(k), f.floats(v), f.offset(v),
                    shape[1], shape[2], f.longs(rows), f.offset(rows)));
        }
    }
}
