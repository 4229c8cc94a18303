package dev.lanewise.op.adaptive;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/**
 * Outputs of all samples of a batch, each from the exit where it left. Inputs: for each early exit its logits {@code [b_e, classes]} and
 * what its {@link ExitGate} chose, INT64 {@code [b_e]}, in the order of the layers, then the logits at the end {@code [b_last, classes]}.
 * Outputs: logits {@code [b_0, classes]}, and INT32 {@code [b_0]} with the number of each sample's exit, from 0 on; the end is number
 * {@code exits}.
 *
 * @param exits early exits, at least 1
 */
public record MergeExits(int exits) implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        if (exits < 1 || in.count() != 2 * exits + 1) {
            throw in.error("logits and rows of 1 or more exits, and the last logits", in.count() + " inputs",
                    "give all");
        }
        for (int i = 0; i < in.count(); i++) {
            in.type(i, i % 2 == 0 ? DataType.FLOAT : DataType.INT64);
        }
        if (!in.shapesKnown()) {
            return List.of(Fact.unknown(DataType.FLOAT), Fact.unknown(DataType.INT32));
        }
        for (int i = 0; i < in.count(); i++) {
            Dim[] shape = in.shape(i);
            boolean fits = shape.length == 2 - i % 2;
            if (!fits || (i % 2 == 0 ? !shape[1].equals(in.shape(0)[1]) : !shape[0].equals(in.shape(i - 1)[0]))) {
                throw in.error("logits of the same classes, and as many rows", in.input(i).toString(),
                        "check the shapes");
            }
        }
        return List.of(Fact.of(DataType.FLOAT, in.shape(0)), Fact.of(DataType.INT32, in.shape(0)[0]));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int b = inputs[0].dim(0);
        int classes = inputs[0].dim(1);
        float[] y = new float[b * classes];
        int[] left = new int[b];
        int[] samples = new int[b];
        start(samples, 0, b);
        int active = b;
        for (int e = 0; e <= exits; e++) {
            long[] rows = e == exits ? new long[0] : inputs[2 * e + 1].longs();
            active = leave(e, inputs[2 * e].floats(), 0, classes, rows, 0, rows.length, samples, 0, active, y, 0, left,
                    0);
        }
        return new Tensor[] {Tensor.of(y, b, classes), Tensor.of(left, b)};
    }

    private static void start(int[] samples, int at, int b) {
        for (int r = 0; r < b; r++) {
            samples[at + r] = r;
        }
    }

    /**
     * Those of the active samples that are not among {@code rows} leave with the logits of this exit; the others move up in
     * {@code samples}. Returns how many are left.
     */
    private static int leave(int exit, float[] logits, int at, int classes, long[] rows, int rowsAt, int rowCount,
            int[] samples,
            int samplesAt, int active, float[] y, int yAt, int[] left, int leftAt) {
        int kept = 0;
        for (int r = 0; r < active; r++) {
            int sample = samples[samplesAt + r];
            if (kept < rowCount && rows[rowsAt + kept] == r) {
                samples[samplesAt + kept++] = sample;
            } else {
                System.arraycopy(logits, at + r * classes, y, yAt + sample * classes, classes);
                left[leftAt + sample] = exit;
            }
        }
        return kept;
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        int[] in = new int[2 * exits + 1];
        for (int i = 0; i < in.length; i++) {
            in[i] = at.input(i);
        }
        int y = at.output(0);
        int left = at.output(1);
        int samples = at.workspace(DataType.INT32, at.in(0).shape()[0]);
        return () -> new Merge(in, y, left, samples);
    }

    /** On the calling thread: it only copies. */
    private record Merge(int[] in, int y, int left, int samples) implements Step {
        @Override
        public void run(Frame f, Workers workers) {
            int active = f.shape(y)[0];
            int classes = f.shape(y)[1];
            start(f.ints(samples), f.offset(samples), active);
            for (int e = 0; 2 * e < in.length; e++) {
                int rows = 2 * e + 1 < in.length ? in[2 * e + 1] : -1;
                active = leave(e, f.floats(in[2 * e]), f.offset(in[2 * e]), classes, rows < 0 ? null : f.longs(rows),
                        rows < 0 ? 0 : f.offset(rows), rows < 0 ? 0 : f.shape(rows)[0], f.ints(samples),
                        f.offset(samples),
                        active, f.floats(y), f.offset(y), f.ints(left), f.offset(left));
            }
        }
    }
}
