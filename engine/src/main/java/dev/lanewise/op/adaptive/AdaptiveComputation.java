package dev.lanewise.op.adaptive;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.PackedWeights;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * An adaptive computation module: N learners in order, of which each token gets the first k,
 * {@code y = activation(z W1[:, :kb] + b1[:kb]) W2[:kb, :] (+ sum of b2[0] … b2[k]) (+ residual)}, that is a feed-forward block whose
 * width is chosen for each token. All k learners run, the k-th included. Inputs in order: z {@code [..., d]}; unless {@code fixed} the
 * tokens' k, INT32 {@code [...]}, such as a {@link LearnerGate} gives; constant W1 {@code [d, N*b]}; if {@code hiddenBias} constant b1
 * {@code [N*b]}; constant W2 {@code [N*b, n]}; if {@code outputBias} constant b2 {@code [N+1, n]}; if {@code residual} the residual
 * {@code [..., n]}. Without an activation b1 is taken to the other side, as a constant for each k. Wójcik et al. 2023.
 *
 * @param learners N
 * @param activation between the two products, or null for none
 * @param fixed k of all tokens, or -1 where it is an input
 */
public record AdaptiveComputation(int learners, UnaryFunction activation, int fixed, boolean hiddenBias,
        boolean outputBias, boolean residual) implements Lowerable {
    private static final Kernels SCALAR = new ScalarKernels();

    /** Input index of W1. */
    public int upAt() {
        return fixed < 0 ? 2 : 1;
    }

    /** Input index of W2. */
    public int downAt() {
        return upAt() + 1 + (hiddenBias ? 1 : 0);
    }

    private int outputBiasAt() {
        return downAt() + 1;
    }

    int residualAt() {
        return downAt() + 1 + (outputBias ? 1 : 0);
    }

    /** The module with a hidden bias. */
    public AdaptiveComputation withHiddenBias() {
        return new AdaptiveComputation(learners, activation, fixed, true, outputBias, residual);
    }

    /** The module with a residual that it does not have yet. */
    AdaptiveComputation withResidual() {
        return new AdaptiveComputation(learners, activation, fixed, hiddenBias, outputBias, true);
    }

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, DataType.FLOAT);
        if (learners < 1 || fixed > learners || fixed < -1) {
            throw in.error("1 or more learners, of which at most all are asked for", learners + " and " + fixed,
                    "correct the numbers");
        }
        if (fixed < 0) {
            in.type(1, DataType.INT32);
        }
        Tensor up = constant(in, upAt(), -1, -1);
        int hidden = up.dim(1);
        if (hidden == 0 || hidden % learners != 0) {
            throw in.error("columns of W1 for " + learners + " learners of one width", up.toString(),
                    "check the number of learners");
        }
        if (hiddenBias) {
            constant(in, upAt() + 1, hidden);
        }
        Tensor down = constant(in, downAt(), hidden, -1);
        if (outputBias) {
            constant(in, outputBiasAt(), learners + 1, down.dim(1));
        }
        Dim[] z = in.shape(0);
        if (!in.shapesKnown()) {
            return List.of(Fact.unknown(type));
        }
        Dim[] out = z.clone();
        if (z.length == 0 || z[z.length - 1].isConstant() && !z[z.length - 1].is(up.dim(0))) {
            throw in.error("z [..., " + up.dim(0) + "]", in.input(0).toString(), "check the shapes");
        }
        in.assumeEqual(z[z.length - 1], Dim.constant(up.dim(0)));
        out[z.length - 1] = Dim.constant(down.dim(1));
        if (fixed < 0) {
            same(in, 1, Arrays.copyOf(z, z.length - 1));
        }
        if (residual) {
            in.type(residualAt(), DataType.FLOAT);
            same(in, residualAt(), out);
        }
        return List.of(Fact.of(type, out));
    }

    private static void same(Inference in, int i, Dim[] shape) {
        Dim[] found = in.shape(i);
        if (found.length != shape.length) {
            throw in.error("input " + i + " of shape " + Arrays.toString(shape), in.input(i).toString(),
                    "check the shapes");
        }
        for (int d = 0; d < shape.length; d++) {
            in.assumeEqual(shape[d], found[d]);
        }
    }

    /** Input {@code i}, a FLOAT constant of this shape; -1 stands for any size. */
    private static Tensor constant(Inference in, int i, int... shape) {
        in.type(i, DataType.FLOAT);
        Tensor t = in.input(i).constant();
        boolean fits = t != null && t.rank() == shape.length;
        for (int d = 0; fits && d < shape.length; d++) {
            fits = shape[d] < 0 || t.dim(d) == shape[d];
        }
        if (!fits) {
            throw in.error("a constant of shape " + Arrays.toString(shape).replace("-1", "any") + " as input " + i,
                    in.input(i).toString(), "check the checkpoint's layout: weights are [inputs, outputs]");
        }
        return t;
    }

    /**
     * What is added to the outputs of a token with k learners, for each k from 0 on: sums of b2's rows, and where nothing happens
     * between the products b1 times W2. Computed in double. Null where nothing is added.
     *
     * @param b1 or null, {@code [N*b]}; b2 or null, {@code [N+1, n]}
     */
    static float[][] constants(int learners, Tensor b1, Tensor w2, Tensor b2) {
        if (b1 == null && b2 == null) {
            return null;
        }
        int n = w2.dim(1);
        int width = w2.dim(0) / learners;
        double[] sum = new double[n];
        float[][] all = new float[learners + 1][n];
        for (int k = 0; k <= learners; k++) {
            for (int h = (k - 1) * width; k > 0 && b1 != null && h < k * width; h++) {
                for (int j = 0; j < n; j++) {
                    sum[j] += (double) b1.floats()[h] * w2.floats()[h * n + j];
                }
            }
            for (int j = 0; j < n; j++) {
                sum[j] += b2 == null ? 0 : b2.floats()[k * n + j];
                all[k][j] = (float) sum[j];
            }
        }
        return all;
    }

    static void check(int level, int learners) {
        if (level < 0 || level > learners) {
            throw new InvalidInputException("learners of a token", "0 to " + learners, Integer.toString(level),
                    "correct what chooses them");
        }
    }

    /** Token by token. */
    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor z = inputs[0];
        Tensor up = inputs[upAt()];
        Tensor b1 = hiddenBias ? inputs[upAt() + 1] : null;
        Tensor down = inputs[downAt()];
        float[][] added =
                constants(learners, activation == null ? b1 : null, down, outputBias ? inputs[outputBiasAt()] : null);
        int d = up.dim(0);
        int hidden = up.dim(1);
        int n = down.dim(1);
        int[] shape = z.shape();
        shape[shape.length - 1] = n;
        float[] y = new float[Tensor.sizeOf(shape)];
        float[] h = new float[hidden];
        for (int t = 0; t < (n == 0 ? 0 : y.length / n); t++) {
            int k = fixed < 0 ? inputs[1].ints()[t] : fixed;
            check(k, learners);
            int width = hidden / learners * k;
            for (int j = 0; j < width; j++) {
                float sum = dot(d, z.floats(), t * d, up.floats(), j, hidden);
                h[j] = b1 == null || activation == null ? sum : sum + b1.floats()[j];
            }
            if (activation != null) {
                SCALAR.unary(activation, h, 0, h, 0, width);
            }
            for (int j = 0; j < n; j++) {
                float sum = dot(width, h, 0, down.floats(), j, n);
                sum = added == null ? sum : sum + added[k][j];
                y[t * n + j] = residual ? sum + inputs[residualAt()].floats()[t * n + j] : sum;
            }
        }
        return new Tensor[] {Tensor.of(y, shape)};
    }

    private static float dot(int n, float[] a, int at, float[] b, int column, int stride) {
        float sum = 0;
        for (int i = 0; i < n; i++) {
            sum = Math.fma(a[at + i], b[i * stride + column], sum);
        }
        return sum;
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        Tensor up = at.constant(upAt());
        Tensor b1 = hiddenBias ? at.constant(upAt() + 1) : null;
        Tensor down = at.constant(downAt());
        Tensor b2 = outputBias ? at.constant(outputBiasAt()) : null;
        if (down.dim(1) == 0) {
            return null;
        }
        float[][] added = at.pack(b1 == null && b2 == null ? List.of(down) : b1 == null ? List.of(down, b2)
                : b2 == null ? List.of(down, b1) : List.of(down, b1, b2),
                "learner constants " + learners + (activation == null),
                () -> new float[][][] {constants(learners, activation == null ? b1 : null, down, b2)})[0];
        PackedWeights first = at.panels(List.of(up));
        PackedWeights second = at.panels(List.of(down));
        Learners module =
                Learners.of(learners, first, activation == null || b1 == null ? null : b1.floats(), activation,
                        second, added);
        Dim[] z = at.in(0).shape();
        Dim[] hidden = z.clone();
        hidden[z.length - 1] = Dim.constant(module.hiddenWidth());
        int x = at.input(0);
        int levels = fixed < 0 ? at.input(1) : -1;
        int r = residual ? at.input(residualAt()) : -1;
        int y = at.output(0);
        int h = at.workspace(DataType.FLOAT, hidden);
        int order = at.workspace(DataType.INT32, Arrays.copyOf(z, z.length - 1));
        return () -> new AdaptiveComputationStep(at.kernels(), module, fixed, x, levels, h, order, r, y);
    }
}
