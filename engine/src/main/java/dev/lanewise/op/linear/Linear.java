package dev.lanewise.op.linear;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * A linear layer with its epilogue: {@code activation(x [W0 | W1 | …] + [b0 | b1 | …]) + residual}. Inputs: x {@code [..., k]},
 * then {@code parts} constant weights {@code [k, n_i]}, then as many constant biases {@code [n_i]} if {@code bias}, then the
 * residual {@code [..., n]} if {@code residual}. Several parts are projections of the same x, computed as one matrix.
 *
 * @param parts number of weight matrices, at least 1
 * @param activation applied after the bias, or null
 */
public record Linear(int parts, boolean bias, UnaryFunction activation, boolean residual) implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, DataType.FLOAT);
        if (!in.shapesKnown()) {
            return List.of(Fact.unknown(type));
        }
        Dim[] shape = in.shape(0).clone();
        Dim columns = Dim.ZERO;
        for (int p = 0; p < parts; p++) {
            columns = columns.plus(in.shape(1 + p)[1]);
        }
        shape[shape.length - 1] = columns;
        return List.of(Fact.of(type, shape));
    }

    /** Input index of the first bias. */
    private int biasAt() {
        return 1 + parts;
    }

    /** Input index of the residual. */
    public int residualAt() {
        return 1 + parts + (bias ? parts : 0);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor weights = columns(Arrays.asList(inputs).subList(1, 1 + parts));
        Tensor y = ReferenceMatMul.multiply(inputs[0], weights);
        int n = weights.dim(1);
        float[] b = bias ? joined(Arrays.asList(inputs).subList(biasAt(), biasAt() + parts)) : null;
        float[] r = residual ? inputs[residualAt()].floats() : null;
        new ScalarKernels().epilogue(n == 0 ? 0 : y.size() / n, n, y.floats(), 0, n, b, 0, activation, r, 0, n);
        return new Tensor[] {y};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        List<Tensor> weights = constants(at, 1);
        List<Tensor> biases = bias ? constants(at, biasAt()) : List.of();
        PackedMatrix packed = at.pack(weights, "panels", () -> PackedMatrix.pack(weights),
                (all, part) -> all.columns(firstColumn(weights, part), weights.get(part).dim(1)));
        float[] b = bias ? at.pack(biases, "joined", () -> joined(biases)) : null;
        int x = at.input(0);
        int y = at.output(0);
        int r = residual ? at.input(residualAt()) : -1;
        return () -> new LinearStep(at.kernels(), x, y, packed, b, activation, r);
    }

    private List<Tensor> constants(Lowering at, int first) {
        List<Tensor> found = new ArrayList<>();
        for (int p = 0; p < parts; p++) {
            found.add(at.constant(first + p));
        }
        return found;
    }

    private static int firstColumn(List<Tensor> weights, int part) {
        int column = 0;
        for (int p = 0; p < part; p++) {
            column += weights.get(p).dim(1);
        }
        return column;
    }

    /** The matrices side by side. */
    private static Tensor columns(List<Tensor> parts) {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        int k = parts.getFirst().dim(0);
        int n = parts.stream().mapToInt(t -> t.dim(1)).sum();
        float[] all = new float[k * n];
        int column = 0;
        for (Tensor part : parts) {
            int width = part.dim(1);
            for (int row = 0; row < k; row++) {
                System.arraycopy(part.floats(), row * width, all, row * n + column, width);
            }
            column += width;
        }
        return Tensor.of(all, k, n);
    }

    private static float[] joined(List<Tensor> parts) {
        float[] all = new float[parts.stream().mapToInt(Tensor::size).sum()];
        int at = 0;
        for (Tensor part : parts) {
            System.arraycopy(part.floats(), 0, all, at, part.size());
            at += part.size();
        }
        return all;
    }
}
