package dev.lanewise.op.nhwc;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import dev.lanewise.op.nn.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Convolution with channels last and what follows it: {@code f(normalise(conv(x) + bias) + residual)}. Inputs: x
 * {@code [n, ..., c]} with one or two spatial axes; constant weights {@code [m, c/group, ...]} as in ONNX; a constant bias
 * {@code [m]} if {@code bias}; constant scale, shift, mean and variance {@code [m]} if there is an epsilon; a residual of the
 * output's shape if {@code residual}. Output {@code [n, ..., m]}.
 *
 * <p>
 * Weights and bias take the normalisation in before the run. Each result is one chain of fused multiply-adds over window
 * elements and then channels, zeros in the padding included; bias and residual are added to it in this order.
 *
 * @param epsilon of a batch normalisation, or null where there is none
 * @param activation the function f, or null where there is none
 */
public record ConvNhwc(int group, Window window, boolean bias, Float epsilon, boolean residual,
        UnaryFunction activation)
        implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, DataType.FLOAT);
        Dim[] x = in.shape(0);
        Dim[] w = in.shape(1);
        if (x == null || w == null || x.length != w.length || x.length < 3 || x.length > 4) {
            throw in.error("x [n, ..., c] and weights [m, c/group, ...] with one or two spatial axes",
                    in.input(0) + " and " + in.input(1), "use Conv");
        }
        window.check(in, x.length - 2);
        in.assumeEqual(x[x.length - 1], w[1].times(group));
        int[] kernel = Arrays.stream(w).skip(2).mapToInt(d -> Math.toIntExact(d.value())).toArray();
        Dim[] out = x.clone();
        System.arraycopy(window.positions(in, Arrays.copyOfRange(x, 1, x.length - 1), kernel), 0, out, 1,
                kernel.length);
        out[out.length - 1] = w[0];
        return List.of(Fact.of(type, out));
    }

    /** Input index of the first normalisation constant. */
    private int normAt() {
        return bias ? 3 : 2;
    }

    /** Input index of the residual. */
    public int residualAt() {
        return normAt() + (epsilon == null ? 0 : 4);
    }

    /** The constants among the inputs, in order. */
    private List<Tensor> constants(List<Tensor> inputs) {
        return inputs.subList(1, residualAt());
    }

    private ConvWeights pack(List<Tensor> constants) {
        Tensor b = bias ? constants.get(1) : null;
        return epsilon == null ? ConvWeights.pack(constants.getFirst(), b, group)
                : ConvWeights.pack(constants.getFirst(), b, group, constants.subList(normAt() - 1, normAt() + 3),
                        epsilon);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int[] shape = Arrays.stream(infer(inputs)).mapToInt(d -> Math.toIntExact(d.value())).toArray();
        ConvTiles tiles = new ConvTiles(new ScalarKernels(), this, pack(constants(Arrays.asList(inputs))),
                window.kernel(inputs[1].shape()));
        tiles.shapes(inputs[0].shape(), shape);
        Tensor y = Tensor.zeros(DataType.FLOAT, shape);
        float[] scratch = new float[tiles.scratch()];
        float[] r = residual ? inputs[residualAt()].floats() : null;
        int count = tiles.cut(1);
        for (int i = 0; i < count; i++) {
            tiles.run(i, inputs[0].floats(), 0, r, 0, y.floats(), 0, shape[shape.length - 1], scratch);
        }
        return new Tensor[] {y};
    }

    private Dim[] infer(Tensor[] inputs) {
        return dev.lanewise.graph.Node.of("conv", this, Arrays.stream(inputs)
                .map(t -> dev.lanewise.graph.Value.input("", Fact.of(t.type(), Dim.constants(t.shape()))))
                .toArray(dev.lanewise.graph.Value[]::new)).output().fact().shape();
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        List<Tensor> constants = new ArrayList<>();
        for (int i = 1; i < residualAt(); i++) {
            constants.add(at.constant(i));
        }
        ConvWeights weights = at.pack(constants, "nhwc " + group + " " + epsilon, () -> pack(constants));
        int[] kernel = window.kernel(constants.getFirst().shape());
        int x = at.input(0);
        int r = residual ? at.input(residualAt()) : -1;
        int y = residual ? at.outputOver(0, residualAt()) : at.output(0);
        return () -> new ConvStep(new ConvTiles(at.kernels(), this, weights, kernel), x, r, y);
    }
}
