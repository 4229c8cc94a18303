package dev.lanewise.op.elementwise;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.Elements;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/** A question about each element of a floating-point tensor; the result is BOOL. */
sealed interface FloatTest extends Lowerable permits IsNaN, IsInf {
    boolean test(double v);

    @Override
    default List<Fact> infer(Inference in) {
        if (!in.type(0).isFloatingPoint()) {
            throw in.error("a floating-point input", in.input(0).toString(), "cast it");
        }
        return List.of(new Fact(DataType.BOOL, in.shape(0), null, null));
    }

    @Override
    default Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        byte[] y = new byte[x.size()];
        test(x.type(), x.array(), 0, y, 0, y.length);
        return new Tensor[] {Tensor.of(DataType.BOOL, y, x.shape())};
    }

    private void test(DataType type, Object x, int from, byte[] y, int to, int n) {
        for (int i = 0; i < n; i++) {
            y[to + i] = (byte) (test(Elements.real(type, x, from + i)) ? 1 : 0);
        }
    }

    @Override
    default Supplier<Step> lower(Lowering at) {
        DataType type = at.in(0).type();
        int x = at.input(0);
        int y = at.output(0);
        int rank = at.out(0).rank();
        return () -> new BroadcastStep(y, rank, x) {
            @Override
            protected void run(Frame f, int to, int from, int b, int c, int n) {
                test(type, f.array(x), from, f.bytes(y), to, n);
            }
        };
    }
}
