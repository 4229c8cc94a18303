package dev.lanewise.op.logic;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import dev.lanewise.op.elementwise.Broadcast;
import dev.lanewise.op.elementwise.BroadcastStep;
import java.util.List;
import java.util.function.Supplier;

/** {@code condition ? x : y} with multidirectional broadcasting; condition is BOOL, x and y have any one type. ONNX Where-16. */
public record Where() implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, DataType.BOOL);
        DataType type = in.sameType(1, 2);
        if (!in.shapesKnown()) {
            return List.of(Fact.unknown(type));
        }
        Fact out = Fact.of(type, in.broadcast(in.shape(0), in.broadcast(in.shape(1), in.shape(2))));
        return List.of(out.withContent(content(out, in.input(0).content(), in.input(1), in.input(2))));
    }

    /** Known where the condition is, and where both choices are the same. */
    private static Dim[] content(Fact out, Dim[] condition, Fact x, Fact y) {
        Dim[] yes = x.content();
        Dim[] no = y.content();
        if (yes == null || no == null || out.rank() > 1 || !out.isConcrete()) {
            return null;
        }
        Dim[] content = new Dim[(int) out.size().value()];
        for (int i = 0; i < content.length; i++) {
            Dim a = yes[yes.length == 1 ? 0 : i];
            Dim b = no[no.length == 1 ? 0 : i];
            Dim c = condition == null ? null : condition[condition.length == 1 ? 0 : i];
            if (!a.equals(b) && (c == null || !c.isConstant())) {
                return null;
            }
            content[i] = a.equals(b) || !c.is(0) ? a : b;
        }
        return content;
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor c = inputs[0];
        Tensor x = inputs[1];
        Tensor y = inputs[2];
        int[] shape = Broadcast.shape(c.shape(), x.shape(), y.shape());
        Broadcast loops = Broadcast.of(shape, c.shape(), x.shape(), y.shape());
        Tensor out = Tensor.zeros(x.type(), shape);
        loops.all((to, i, j, k, n) -> select(c.bytes(), i, loops.step(0), x.array(), j, loops.step(1), y.array(), k,
                loops.step(2), out.array(), to, n));
        return new Tensor[] {out};
    }

    private static void select(byte[] c, int ci, int cs, Object x, int xi, int xs, Object y, int yi, int ys, Object out,
            int to, int n) {
        switch (out) {
            case float[] o -> {
                float[] a = (float[]) x;
                float[] b = (float[]) y;
                for (int k = 0; k < n; k++) {
                    o[to + k] = c[ci + k * cs] != 0 ? a[xi + k * xs] : b[yi + k * ys];
                }
            }
            case long[] o -> {
                long[] a = (long[]) x;
                long[] b = (long[]) y;
                for (int k = 0; k < n; k++) {
                    o[to + k] = c[ci + k * cs] != 0 ? a[xi + k * xs] : b[yi + k * ys];
                }
            }
            default -> {
                for (int k = 0; k < n; k++) {
                    boolean first = c[ci + k * cs] != 0;
                    System.arraycopy(first ? x : y, first ? xi + k * xs : yi + k * ys, out, to + k, 1);
                }
            }
        }
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        if (at.out(0).type() == DataType.STRING) {
            return null;
        }
        int c = at.input(0);
        int x = at.input(1);
        int y = at.input(2);
        int out = at.output(0);
        int rank = at.out(0).rank();
        return () -> new BroadcastStep(out, rank, c, x, y) {
            @Override
            protected void run(Frame f, int to, int i, int j, int k, int n) {
                select(f.bytes(c), i, step(0), f.array(x), j, step(1), f.array(y), k, step(2), f.array(out), to, n);
            }
        };
    }
}
