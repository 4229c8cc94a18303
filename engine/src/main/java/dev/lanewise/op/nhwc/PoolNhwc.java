package dev.lanewise.op.nhwc;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import dev.lanewise.op.nn.Window;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Pooling with channels last: the largest element or the mean of each window, of {@code [n, ..., c]} with one or two spatial
 * axes. Padding does not count, but in a mean that says so.
 *
 * @param window null for whole images
 * @param countPadding whether a mean counts elements in the padding, as zeros
 */
public record PoolNhwc(Kind kind, Window window, boolean countPadding) implements Lowerable {
    /** What is taken of a window. */
    public enum Kind {
        MAX, MEAN
    }

    @Override
    public String name() {
        return kind == Kind.MAX ? "MaxPoolNhwc" : "MeanPoolNhwc";
    }

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, DataType.FLOAT);
        Dim[] out = in.shape(0).clone();
        Dim[] spatial = Arrays.copyOfRange(out, 1, out.length - 1);
        if (window == null) {
            Arrays.fill(out, 1, out.length - 1, Dim.ONE);
        } else {
            window.check(in, spatial.length);
            System.arraycopy(window.positions(in, spatial, window.kernel(null)), 0, out, 1, spatial.length);
        }
        return List.of(Fact.of(type, out));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int[] x = inputs[0].shape();
        int[] shape = x.clone();
        int[] spatial = Arrays.copyOfRange(x, 1, x.length - 1);
        if (window == null) {
            Arrays.fill(shape, 1, x.length - 1, 1);
        } else {
            System.arraycopy(window.positions(spatial, window.kernel(null)), 0, shape, 1, spatial.length);
        }
        Tensor y = Tensor.zeros(DataType.FLOAT, shape);
        PoolLines lines = new PoolLines(new ScalarKernels(), this);
        lines.shapes(x, shape);
        for (int i = 0; i < lines.count(); i++) {
            lines.run(i, inputs[0].floats(), 0, y.floats(), 0);
        }
        return new Tensor[] {y};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        int x = at.input(0);
        int y = at.output(0);
        return () -> new PoolNhwcStep(new PoolLines(at.kernels(), this), x, y);
    }
}
