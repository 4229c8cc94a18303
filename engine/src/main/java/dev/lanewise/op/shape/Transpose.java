package dev.lanewise.op.shape;

import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/**
 * ONNX Transpose-21: axis {@code a} of the output is axis {@code perm[a]} of the input.
 *
 * @param perm a permutation of the axes; null or empty reverses them
 */
public record Transpose(List<Integer> perm) implements Lowerable {
    public Transpose {
        perm = perm == null ? List.of() : List.copyOf(perm);
    }

    @Override
    public List<Fact> infer(Inference in) {
        Dim[] shape = in.shape(0);
        if (shape == null) {
            return List.of(Fact.unknown(in.type(0)));
        }
        if (!perm.isEmpty() && !perm.stream().sorted().toList().equals(identity(shape.length))) {
            throw in.error("a permutation of the " + shape.length + " axes", perm.toString(), "correct perm");
        }
        Dim[] out = new Dim[shape.length];
        for (int a = 0; a < out.length; a++) {
            out[a] = shape[from(a, out.length)];
        }
        return List.of(Fact.of(in.type(0), out).withContent(in.input(0).content()));
    }

    private static List<Integer> identity(int rank) {
        return java.util.stream.IntStream.range(0, rank).boxed().toList();
    }

    private int from(int axis, int rank) {
        return perm.isEmpty() ? rank - 1 - axis : perm.get(axis);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int[] shape = Layout.shapes(this, inputs)[0];
        Tensor out = Tensor.zeros(inputs[0].type(), shape);
        StridedCopy.copy(shape, inputs[0].array(), 0, permuted(inputs[0].shape()), out.array(), 0,
                Layout.strides(shape));
        return new Tensor[] {out};
    }

    @Override
    public Tensor[] defer(Tensor[] constants) {
        EncodedMatrix m = EncodedMatrix.of(constants[0]);
        return m != null && from(0, 2) == 1 ? new Tensor[] {m.transposed().tensor()} : null;
    }

    private int[] permuted(int[] inputShape) {
        int[] strides = Layout.strides(inputShape);
        int[] from = new int[strides.length];
        for (int a = 0; a < from.length; a++) {
            from[a] = strides[from(a, from.length)];
        }
        return from;
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        int in = at.input(0);
        int out = at.output(0);
        return () -> new Step() {
            private final StridedCopy copy = new StridedCopy();

            @Override
            public void bind(Frame frame) {
                int[] shape = frame.shape(out);
                copy.bind(shape, permuted(frame.shape(in)), Layout.strides(shape));
            }

            @Override
            public void run(Frame frame, Workers workers) {
                copy.run(frame.array(in), frame.offset(in), frame.array(out), frame.offset(out), workers);
            }
        };
    }
}
