package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.Elements;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/**
 * ONNX Range-27: start, start + delta, … before limit. Inputs: start, limit, delta, scalars of one numeric type (or tensors
 * of one element). Element {@code i} is start + i·delta, rounded once for float types.
 */
public record Range() implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16, DataType.INT16,
                DataType.INT32, DataType.INT64);
        in.sameType(0, 1);
        in.sameType(0, 2);
        for (int i = 0; i < 3; i++) {
            if (in.shape(i) != null && in.input(i).size().isConstant() && !in.input(i).size().is(1)) {
                throw in.error("scalars", in.input(i).toString(), "reshape input " + i);
            }
        }
        if (type.isFloatingPoint()) {
            Tensor start = in.input(0).constant();
            Tensor limit = in.input(1).constant();
            Tensor delta = in.input(2).constant();
            boolean known = start != null && limit != null && delta != null;
            return List.of(known ? Fact.of(type, Dim.constant(count(in, start, limit, delta))) : Fact.unknown(type));
        }
        Dim[] start = Layout.content(in.input(0));
        Dim[] limit = Layout.content(in.input(1));
        long[] delta = Layout.numbers(in.input(2));
        if (start == null || limit == null || delta == null) {
            return List.of(Fact.unknown(type));
        }
        Dim count = count(in, limit[0].minus(start[0]), delta[0]);
        Fact fact = Fact.of(type, count);
        return List.of(count.isConstant() && count.value() <= Fact.LONGEST_CONTENT
                ? fact.withContent(content(start[0], delta[0], (int) count.value())) : fact);
    }

    private static Dim count(Inference in, Dim distance, long delta) {
        if (delta == 0) {
            throw in.error("a delta other than 0", "0", "correct the delta");
        }
        Dim ahead = delta > 0 ? distance : Dim.ZERO.minus(distance);
        if (ahead.isConstant() && ahead.value() <= 0) {
            return Dim.ZERO;
        }
        if (!ahead.isAtLeast(0)) {
            in.assumeAtMost(Dim.ZERO, ahead);
        }
        return ahead.ceilDiv(Math.abs(delta));
    }

    private static long count(Inference in, Tensor start, Tensor limit, Tensor delta) {
        double step = Elements.doubleAt(delta, 0);
        double count = Math.ceil((Elements.doubleAt(limit, 0) - Elements.doubleAt(start, 0)) / step);
        if (step == 0 || Double.isNaN(count) || count > Integer.MAX_VALUE) {
            throw in.error("a range of at most 2^31 elements", count + " elements", "correct limit and delta");
        }
        return (long) Math.max(0, count);
    }

    private static Dim[] content(Dim start, long delta, int count) {
        Dim[] content = new Dim[count];
        for (int i = 0; i < count; i++) {
            content[i] = start.plus(i * delta);
        }
        return content;
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor out = Tensor.zeros(inputs[0].type(), Layout.shapes(this, inputs)[0]);
        for (int i = 0; i < out.size(); i++) {
            if (out.type().isFloatingPoint()) {
                double value = Elements.doubleAt(inputs[0], 0) + i * Elements.doubleAt(inputs[2], 0);
                Elements.set(out, i, value);
            } else {
                Elements.set(out, i, inputs[0].longAt(0) + i * inputs[2].longAt(0));
            }
        }
        return new Tensor[] {out};
    }

    /** INT64 ranges between expressions; other ones are constants nearly always. */
    @Override
    public Supplier<Step> lower(Lowering at) {
        Dim[] start = at.out(0).type() == DataType.INT64 ? Layout.content(at.in(0)) : null;
        if (start == null) {
            return null;
        }
        long delta = Layout.numbers(at.in(2))[0];
        int first = at.dim(start[0]);
        int out = at.output(0);
        return () -> new Step() {
            private int size;
            private long from;

            @Override
            public void bind(Frame frame) {
                size = frame.size(out);
                from = frame.dim(first);
            }

            @Override
            public void run(Frame frame, Workers workers) {
                long[] y = frame.longs(out);
                int offset = frame.offset(out);
                for (int i = 0; i < size; i++) {
                    y[offset + i] = from + i * delta;
                }
            }
        };
    }
}
