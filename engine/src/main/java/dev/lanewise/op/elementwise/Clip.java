package dev.lanewise.op.elementwise;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.BinaryFunction;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.op.Elements;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import dev.lanewise.op.shape.Layout;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code min(max(x, low), high)} for each element. Inputs: x; optional low and high, one element each of x's type; where low
 * is above high the result is high. ONNX Clip-13.
 */
public record Clip() implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, Elements.numbers());
        for (int bound = 1; bound <= 2; bound++) {
            if (in.has(bound)) {
                in.sameType(0, bound);
                Dim[] shape = in.shape(bound);
                if (shape != null && Arrays.stream(shape).anyMatch(d -> d.isConstant() && !d.is(1))) {
                    throw in.error("a bound of one element", in.input(bound).toString(), "give a scalar");
                }
            }
        }
        return List.of(new Fact(type, in.shape(0), null, null).withContent(content(in)));
    }

    private static Dim[] content(Inference in) {
        Dim[] content = in.input(0).content();
        for (int bound = 1; bound <= 2 && content != null; bound++) {
            boolean low = bound == 1;
            content = !in.has(bound) ? content
                    : in.input(bound).content() == null ? null
                    : Broadcast.content(Fact.of(DataType.INT64, Dim.constant(content.length)).withContent(content),
                            in.input(bound), (x, y) -> low ? x.max(y) : x.min(y));
        }
        return content;
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        Tensor low = Layout.optional(inputs, 1);
        Tensor high = Layout.optional(inputs, 2);
        Tensor[] y = {x};
        if (low != null) {
            y = new Binary(Binary.Function.MAX).evaluate(new Tensor[] {x, low.reshape()});
        }
        return high == null ? y : new Binary(Binary.Function.MIN).evaluate(new Tensor[] {y[0], high.reshape()});
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        if (!at.has(1) && !at.has(2)) {
            return at.view(0);
        }
        if (at.in(0).type() != DataType.FLOAT) {
            return null;
        }
        int x = at.input(0);
        int low = at.has(1) ? at.input(1) : -1;
        int high = at.has(2) ? at.input(2) : -1;
        int y = at.output(0);
        int rank = at.out(0).rank();
        Kernels kernels = at.kernels();
        return () -> new BroadcastStep(y, rank, x) {
            @Override
            protected void run(Frame f, int to, int i, int b, int c, int n) {
                float[] out = f.floats(y);
                float[] from = f.floats(x);
                int at = i;
                if (low >= 0) {
                    kernels.binary(BinaryFunction.MAX, from, at, step(0), f.floats(low), f.offset(low), 0, out, to, n);
                    from = out;
                    at = to;
                }
                if (high >= 0) {
                    kernels.binary(BinaryFunction.MIN, from, at, step(0), f.floats(high), f.offset(high), 0, out, to,
                            n);
                }
            }
        };
    }
}
