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
import java.util.stream.IntStream;

/**
 * ONNX Concat-13: one or more tensors of one type behind each other along {@code axis}; all other dimensions agree.
 *
 * @param axis may be negative
 */
public record Concat(int axis) implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0);
        for (int i = 1; i < in.count(); i++) {
            in.sameType(0, i);
        }
        if (!in.shapesKnown()) {
            return List.of(Fact.unknown(type));
        }
        Dim[] out = in.shape(0).clone();
        int at = in.axis(axis, out.length);
        for (int i = 1; i < in.count(); i++) {
            Dim[] shape = in.shape(i);
            if (shape.length != out.length) {
                throw in.error("inputs of one rank", Arrays.toString(in.shape(0)) + " and " + Arrays.toString(shape),
                        "reshape one");
            }
            for (int a = 0; a < out.length; a++) {
                out[a] = a == at ? out[a].plus(shape[a]) : in.assumeEqual(out[a], shape[a]);
            }
        }
        return List.of(Fact.of(type, out).withContent(content(in)));
    }

    private static Dim[] content(Inference in) {
        List<Dim[]> parts = IntStream.range(0, in.count()).mapToObj(i -> in.input(i).content()).toList();
        return parts.contains(null) ? null : parts.stream().flatMap(Arrays::stream).toArray(Dim[]::new);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int[] shape = Layout.shapes(this, inputs)[0];
        int at = Layout.axis(axis, shape.length);
        Tensor out = Tensor.zeros(inputs[0].type(), shape);
        int row = Layout.product(shape, at, shape.length);
        int first = 0;
        for (Tensor x : inputs) {
            int part = Layout.product(x.shape(), at, shape.length);
            StridedCopy.copy(new int[] {Layout.product(shape, 0, at), part}, x.array(), 0, new int[] {part, 1},
                    out.array(), first, new int[] {row, 1});
            first += part;
        }
        return new Tensor[] {out};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        int count = at.node().inputs().size();
        int[] in = IntStream.range(0, count).map(at::input).toArray();
        int out = at.output(0);
        int axisFrom0 = Layout.axis(axis, at.out(0).rank());
        return () -> new Step() {
            private final StridedCopy[] copies = IntStream.range(0, count).mapToObj(i -> new StridedCopy())
                    .toArray(StridedCopy[]::new);
            private final int[] firsts = new int[count];

            @Override
            public void bind(Frame frame) {
                int[] shape = frame.shape(out);
                int outer = Layout.product(shape, 0, axisFrom0);
                int row = Layout.product(shape, axisFrom0, shape.length);
                int first = 0;
                for (int i = 0; i < count; i++) {
                    int part = Layout.product(frame.shape(in[i]), axisFrom0, shape.length);
                    copies[i].bind(new int[] {outer, part}, new int[] {part, 1}, new int[] {row, 1});
                    firsts[i] = first;
                    first += part;
                }
            }

            @Override
            public void run(Frame frame, Workers workers) {
                for (int i = 0; i < count; i++) {
                    copies[i].run(frame.array(in[i]), frame.offset(in[i]), frame.array(out),
                            frame.offset(out) + firsts[i], workers);
                }
            }
        };
    }
}
