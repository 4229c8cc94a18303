package dev.lanewise.op.linear;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.Epilogue;
import dev.lanewise.kernel.PackedWeights;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * A linear layer with its epilogue: {@code activation(x [W0 | W1 | …] scale + [b0 | b1 | …]) + residual}. Several parts are
 * projections of the same x, computed as one matrix. Inputs in order: x {@code [..., k]}; for {@code CENTRED_INT8} the scales
 * of its rows, FLOAT {@code [..., 1]}; {@code parts} constant weights {@code [k, n_i]}; where the weights are INT8 as many constant scales, one number or
 * {@code [n_i]}; if {@code bias} as many constant biases {@code [n_i]}; if {@code residual} the residual {@code [..., n]}, and if
 * {@code residualScale} a constant {@code [n]} that the residual is multiplied by.
 *
 * @param weights what the weights are
 * @param parts number of weight matrices, at least 1
 * @param activation applied after the bias, or null
 * @param width how many of the columns, from the first on, are computed; null for all. Only runs of plans go by it.
 * @param residualScale there is a residual and each of its columns has a factor
 */
public record Linear(Weights weights, int parts, boolean bias, UnaryFunction activation, boolean residual, Dim width,
        boolean residualScale) implements Lowerable {
    /** What the weights are, and what they are multiplied with. */
    public enum Weights {
        /** FLOAT; no scales. */
        FLOAT,
        /** INT8 with a scale for each column; x is any FLOAT. */
        INT8,
        /** INT8; x holds integers of at most 255 as FLOAT, and their exact sums are multiplied by both scales. */
        CENTRED_INT8
    }

    public Linear(Weights weights, int parts, boolean bias, UnaryFunction activation, boolean residual) {
        this(weights, parts, bias, activation, residual, null, false);
    }

    public Linear(int parts, boolean bias, UnaryFunction activation, boolean residual) {
        this(Weights.FLOAT, parts, bias, activation, residual);
    }

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, DataType.FLOAT);
        if (!in.shapesKnown()) {
            return List.of(Fact.unknown(type));
        }
        Dim[] shape = in.shape(0).clone();
        Dim columns = Dim.ZERO;
        for (int p = 0; p < parts; p++) {
            columns = columns.plus(in.shape(weightsAt() + p)[1]);
        }
        shape[shape.length - 1] = width != null ? width : columns;
        return List.of(Fact.of(type, shape));
    }

    /** Input index of the first weights. */
    public int weightsAt() {
        return weights == Weights.CENTRED_INT8 ? 2 : 1;
    }

    /** Input index of the first scale. */
    private int scalesAt() {
        return weightsAt() + parts;
    }

    /** Input index of the first bias, where there is one. */
    public int biasAt() {
        return scalesAt() + (weights == Weights.FLOAT ? 0 : parts);
    }

    /** Input index of the residual. */
    public int residualAt() {
        return biasAt() + (bias ? parts : 0);
    }

    /** Layers of one part that share x and all but their constants, as one layer of several parts. */
    public static Node joined(List<Node> layers) {
        Node first = layers.getFirst();
        Linear l = (Linear) first.operator();
        List<Value> inputs = new ArrayList<>(first.inputs().subList(0, l.weightsAt()));
        for (int i = l.weightsAt(); i < l.residualAt(); i++) {
            for (Node layer : layers) {
                inputs.add(layer.input(i));
            }
        }
        return Node.of(first.name(), new Linear(l.weights, layers.size(), l.bias, l.activation, false), inputs,
                List.of());
    }

    /** The layer with a bias that it does not have yet. */
    public Linear withBias() {
        return new Linear(weights, parts, true, activation, residual, width, residualScale);
    }

    Linear withActivation(UnaryFunction f) {
        return new Linear(weights, parts, bias, f, residual, width, residualScale);
    }

    /** The layer with its first {@code columns} columns. */
    public Linear withWidth(Dim columns) {
        return new Linear(weights, parts, bias, activation, residual, columns, residualScale);
    }

    /** The layer with a residual that it does not have yet. */
    Linear withResidual(boolean scaled) {
        return new Linear(weights, parts, bias, activation, true, width, scaled);
    }

    /** The layer with its weights in bytes. */
    public Linear withInt8Weights() {
        return new Linear(Weights.INT8, parts, bias, activation, residual, width, residualScale);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        List<Tensor> in = Arrays.asList(inputs);
        Tensor w = columns(in.subList(weightsAt(), scalesAt()));
        int n = w.dim(1);
        Tensor y = switch (weights) {
            case FLOAT -> ReferenceMatMul.multiply(inputs[0], w);
            case INT8 -> ReferenceMatMul.multiply(inputs[0], Tensor.of(Int8.toFloats(w.bytes()), w.shape()));
            case CENTRED_INT8 -> Int8.exactProduct(inputs[0], w);
        };
        float[] scales = weights == Weights.FLOAT ? null : scales(in.subList(scalesAt(), biasAt()), in);
        Epilogue epilogue = new Epilogue(scales, bias ? joined(in.subList(biasAt(), residualAt()), null) : null,
                activation, residualScale ? inputs[residualAt() + 1].floats() : null);
        float[] rows = weights == Weights.CENTRED_INT8 ? inputs[1].floats() : null;
        float[] r = residual ? inputs[residualAt()].floats() : null;
        new ScalarKernels().epilogue(n == 0 ? 0 : y.size() / n, n, y.floats(), 0, n, epilogue, 0, rows, 0, r, 0, n);
        return new Tensor[] {y};
    }

    private float[] scales(List<Tensor> scales, List<Tensor> in) {
        return joined(scales, in.subList(weightsAt(), scalesAt()));
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        List<Tensor> w = constants(at, weightsAt());
        List<Tensor> s = weights == Weights.FLOAT ? List.of() : constants(at, scalesAt());
        List<Tensor> b = bias ? constants(at, biasAt()) : List.of();
        PackedWeights packed = at.panels(w);
        Epilogue epilogue = new Epilogue(s.isEmpty() ? null : at.pack(s, "columns", () -> joined(s, w)),
                b.isEmpty() ? null : at.pack(b, "joined", () -> joined(b, null)), activation,
                residualScale ? at.constant(residualAt() + 1).floats() : null);
        int x = at.input(0);
        int scale = weights == Weights.CENTRED_INT8 ? at.input(1) : -1;
        int y = at.output(0);
        int r = residual ? at.input(residualAt()) : -1;
        return () -> new LinearStep(at.kernels(), x, scale, y, packed, epilogue, r);
    }

    private List<Tensor> constants(Lowering at, int first) {
        List<Tensor> found = new ArrayList<>();
        for (int p = 0; p < parts; p++) {
            found.add(at.constant(first + p));
        }
        return found;
    }

    /** The matrices side by side. */
    private static Tensor columns(List<Tensor> parts) {
        Tensor first = parts.getFirst();
        if (parts.size() == 1) {
            return first;
        }
        int k = first.dim(0);
        int n = parts.stream().mapToInt(t -> t.dim(1)).sum();
        Object all = first.type().storage().newArray(k * n);
        int column = 0;
        for (Tensor part : parts) {
            int width = part.dim(1);
            for (int row = 0; row < k; row++) {
                System.arraycopy(part.array(), row * width, all, row * n + column, width);
            }
            column += width;
        }
        return Tensor.of(first.type(), all, k, n);
    }

    /** One list out of several; where {@code matrices} are given, a single number counts for every column of its matrix. */
    private static float[] joined(List<Tensor> parts, List<Tensor> matrices) {
        float[] all = new float[0];
        for (int p = 0; p < parts.size(); p++) {
            Tensor part = parts.get(p);
            int n = matrices == null ? part.size() : matrices.get(p).dim(1);
            int at = all.length;
            all = Arrays.copyOf(all, at + n);
            if (part.size() == 1) {
                Arrays.fill(all, at, at + n, part.floats()[0]);
            } else {
                System.arraycopy(part.floats(), 0, all, at, n);
            }
        }
        return all;
    }
}
