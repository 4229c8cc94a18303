package dev.lanewise.op.shape;

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
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * ONNX ConstantOfShape-9: one value everywhere in a tensor of the shape that input 0 (INT64 [rank]) holds.
 *
 * @param value one element of any type
 */
public record ConstantOfShape(Tensor value) implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, DataType.INT64);
        if (value.size() != 1) {
            throw in.error("a value of one element", value.toString(), "correct the value");
        }
        Dim[] shape = Layout.content(in.input(0));
        if (shape == null) {
            return List.of(Fact.unknown(value.type()));
        }
        if (Arrays.stream(shape).anyMatch(d -> d.isConstant() && d.value() < 0)) {
            throw in.error("dimensions of 0 or more", Arrays.toString(shape), "correct the shape");
        }
        Fact fact = Fact.of(value.type(), shape);
        Dim[] element = Fact.constant(value).content();
        if (element != null && fact.isConcrete() && shape.length <= 1 && fact.size().value() <= Fact.LONGEST_CONTENT) {
            int n = (int) fact.size().value();
            fact = fact.withContent(Collections.nCopies(n, element[0]).toArray(Dim[]::new));
        }
        return List.of(fact);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor out = Tensor.zeros(value.type(), Layout.shapes(this, inputs)[0]);
        fill(out.array(), 0, out.size());
        return new Tensor[] {out};
    }

    private void fill(Object array, int from, int n) {
        switch (array) {
            case float[] a -> Arrays.fill(a, from, from + n, value.floats()[0]);
            case double[] a -> Arrays.fill(a, from, from + n, value.doubles()[0]);
            case long[] a -> Arrays.fill(a, from, from + n, value.longs()[0]);
            case int[] a -> Arrays.fill(a, from, from + n, value.ints()[0]);
            case short[] a -> Arrays.fill(a, from, from + n, value.shorts()[0]);
            case byte[] a -> Arrays.fill(a, from, from + n, value.bytes()[0]);
            default -> Arrays.fill((String[]) array, from, from + n, value.strings()[0]);
        }
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        int out = at.output(0);
        return () -> new Step() {
            private int size;

            @Override
            public void bind(Frame frame) {
                size = frame.size(out);
            }

            @Override
            public void run(Frame frame, Workers workers) {
                fill(frame.array(out), frame.offset(out), size);
            }
        };
    }

    /** Equal where type and element are. */
    @Override
    public boolean equals(Object o) {
        return o instanceof ConstantOfShape c && value.type() == c.value.type()
                && Objects.deepEquals(value.array(), c.value.array());
    }

    @Override
    public int hashCode() {
        return value.type().hashCode();
    }
}
