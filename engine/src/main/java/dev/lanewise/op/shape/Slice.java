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
import java.util.List;
import java.util.function.Supplier;

/**
 * ONNX Slice-13: elements start, start + step, … before end along some axes. Inputs: data, starts, ends, optional axes,
 * optional steps (INT32 or INT64 [n]). Starts and ends count from the end where negative and are clamped to the axis.
 */
public record Slice() implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        for (int i = 1; i < 5; i++) {
            if (i < 3 || in.has(i)) {
                in.type(i, DataType.INT64, DataType.INT32);
            }
        }
        DataType type = in.type(0);
        Dim[] shape = in.shape(0);
        if (shape == null) {
            return List.of(Fact.unknown(type));
        }
        Fact[] operands = new Fact[5];
        for (int i = 1; i < 5; i++) {
            operands[i] = in.has(i) ? in.input(i) : null;
        }
        SliceRange[] ranges = SliceRange.of(in, shape, operands);
        if (ranges == null) {
            return List.of(Fact.unknown(type));
        }
        Dim[] out = Arrays.stream(ranges).map(SliceRange::length).toArray(Dim[]::new);
        return List.of(Fact.of(type, out).withContent(content(in.input(0).content(), ranges)));
    }

    private static Dim[] content(Dim[] content, SliceRange[] ranges) {
        if (content == null || ranges.length != 1 || !ranges[0].start().isConstant()
                || !ranges[0].length().isConstant()) {
            return null;
        }
        Dim[] out = new Dim[(int) ranges[0].length().value()];
        for (int i = 0; i < out.length; i++) {
            out[i] = content[(int) (ranges[0].start().value() + i * ranges[0].step())];
        }
        return out;
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int[] shape = Layout.shapes(this, inputs)[0];
        Fact[] operands = new Fact[5];
        for (int i = 1; i < inputs.length; i++) {
            operands[i] = inputs[i] == null ? null : Fact.constant(inputs[i]);
        }
        SliceRange[] ranges = SliceRange.of(null, Dim.constants(inputs[0].shape()), operands);
        Tensor out = Tensor.zeros(inputs[0].type(), shape);
        int[] from = Layout.strides(inputs[0].shape());
        int first = 0;
        for (int a = 0; a < from.length; a++) {
            first += (int) ranges[a].start().value() * from[a];
            from[a] *= (int) ranges[a].step();
        }
        StridedCopy.copy(shape, inputs[0].array(), first, from, out.array(), 0, Layout.strides(shape));
        return new Tensor[] {out};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        Fact[] operands = new Fact[5];
        for (int i = 1; i < 5; i++) {
            operands[i] = at.has(i) ? at.in(i) : null;
        }
        SliceRange[] ranges = SliceRange.of(null, at.in(0).shape(), operands);
        int in = at.input(0);
        int out = at.output(0);
        int[] starts = Arrays.stream(ranges).mapToInt(r -> at.dim(r.start())).toArray();
        return () -> new Step() {
            private final StridedCopy copy = new StridedCopy();
            private int first;

            @Override
            public void bind(Frame frame) {
                int[] from = Layout.strides(frame.shape(in));
                first = 0;
                for (int a = 0; a < from.length; a++) {
                    first += (int) frame.dim(starts[a]) * from[a];
                    from[a] *= (int) ranges[a].step();
                }
                int[] shape = frame.shape(out);
                copy.bind(shape, from, Layout.strides(shape));
            }

            @Override
            public void run(Frame frame, Workers workers) {
                copy.run(frame.array(in), frame.offset(in) + first, frame.array(out), frame.offset(out), workers);
            }
        };
    }
}
