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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * ONNX Split-18: cuts input 0 along {@code axis}; the optional input 1 (INT64 [outputs]) holds the sizes. Without it the
 * parts are equal, the last one smaller where it must be.
 *
 * @param axis may be negative
 * @param outputs number of parts
 */
public record Split(int axis, int outputs) implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0);
        Dim[] shape = in.shape(0);
        Dim[] sizes = shape == null ? null : sizes(in, shape[in.axis(axis, shape.length)]);
        if (sizes == null) {
            return Collections.nCopies(outputs, Fact.unknown(type));
        }
        int at = in.axis(axis, shape.length);
        Dim[] content = in.input(0).content();
        List<Fact> out = new ArrayList<>();
        int first = 0;
        for (Dim size : sizes) {
            Dim[] part = shape.clone();
            part[at] = size;
            Fact fact = Fact.of(type, part);
            if (content != null && Arrays.stream(sizes).allMatch(Dim::isConstant)) {
                fact = fact.withContent(Arrays.copyOfRange(content, first, first + (int) size.value()));
                first += (int) size.value();
            }
            out.add(fact);
        }
        return out;
    }

    private Dim[] sizes(Inference in, Dim whole) {
        if (outputs < 1) {
            throw in.error("one part or more", Integer.toString(outputs), "correct num_outputs");
        }
        if (in.has(1)) {
            in.type(1, DataType.INT64);
            Dim[] sizes = Layout.content(in.input(1));
            if (sizes == null) {
                return null;
            }
            Dim sum = Arrays.stream(sizes).reduce(Dim.ZERO, Dim::plus);
            boolean negative = Arrays.stream(sizes).anyMatch(d -> d.isConstant() && d.value() < 0);
            boolean wrongSum = sum.isConstant() && whole.isConstant() && !sum.equals(whole);
            if (sizes.length != outputs || negative || wrongSum) {
                throw in.error(outputs + " sizes of 0 or more that add up to " + whole, Arrays.toString(sizes),
                        "correct the sizes");
            }
            in.assumeEqual(sum, whole);
            return sizes;
        }
        Dim part = whole.floorDiv(Dim.constant(outputs));
        if (part.times(outputs).equals(whole)) {
            return Collections.nCopies(outputs, part).toArray(Dim[]::new);
        }
        part = whole.ceilDiv(outputs);
        Dim last = whole.minus(part.times(outputs - 1L));
        if (last.isConstant() && last.value() < 0) {
            throw in.error("at least as many elements as parts (" + outputs + ")", whole.toString(), "give sizes");
        }
        in.assumeAtMost(part.times(outputs - 1L), whole);
        Dim[] sizes = Collections.nCopies(outputs, part).toArray(Dim[]::new);
        sizes[outputs - 1] = last;
        return sizes;
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        int[][] shapes = Layout.shapes(this, inputs);
        int at = Layout.axis(axis, x.rank());
        int row = Layout.product(x.shape(), at, x.rank());
        Tensor[] out = new Tensor[outputs];
        int first = 0;
        for (int i = 0; i < outputs; i++) {
            out[i] = Tensor.zeros(x.type(), shapes[i]);
            int part = Layout.product(shapes[i], at, x.rank());
            StridedCopy.copy(new int[] {Layout.product(shapes[i], 0, at), part}, x.array(), first, new int[] {row, 1},
                    out[i].array(), 0, new int[] {part, 1});
            first += part;
        }
        return out;
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        int in = at.input(0);
        int[] out = IntStream.range(0, outputs).map(at::output).toArray();
        int axisFrom0 = Layout.axis(axis, at.in(0).rank());
        return () -> new Step() {
            private final StridedCopy[] copies = IntStream.range(0, outputs).mapToObj(i -> new StridedCopy())
                    .toArray(StridedCopy[]::new);
            private final int[] firsts = new int[outputs];

            @Override
            public void bind(Frame frame) {
                int[] shape = frame.shape(in);
                int outer = Layout.product(shape, 0, axisFrom0);
                int row = Layout.product(shape, axisFrom0, shape.length);
                int first = 0;
                for (int i = 0; i < out.length; i++) {
                    int part = Layout.product(frame.shape(out[i]), axisFrom0, shape.length);
                    copies[i].bind(new int[] {outer, part}, new int[] {row, 1}, new int[] {part, 1});
                    firsts[i] = first;
                    first += part;
                }
            }

            @Override
            public void run(Frame frame, Workers workers) {
                for (int i = 0; i < out.length; i++) {
                    copies[i].run(frame.array(in), frame.offset(in) + firsts[i], frame.array(out[i]),
                            frame.offset(out[i]), workers);
                }
            }
        };
    }
}
