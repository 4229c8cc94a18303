package dev.lanewise.compile;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import java.util.List;
import java.util.Map;

/** New constants out of weights and a function of channels: computed in double, rounded once, finite or not at all. */
final class FoldedWeights {
    private final Map<Value, List<Node>> uses;
    private long budget;

    /** @param budget bytes of copies beside weights that stay in use */
    FoldedWeights(Map<Value, List<Node>> uses, long budget) {
        this.uses = uses;
        this.budget = budget;
    }

    long budget() {
        return budget;
    }

    /** Whether v is a constant FLOAT matrix with so many rows or columns. */
    static boolean isMatrix(Value v, int axis, int size) {
        Tensor t = v.fact().constant();
        return t != null && t.type() == DataType.FLOAT && t.rank() == 2 && t.size() > 0 && t.dim(axis) == size;
    }

    /** The matrix, or a constant of any rank for its last axis, with each row (axis 0) or column times a factor; null where that overflows. */
    Value scaled(Value matrix, int axis, double[] factors) {
        return scaled(matrix, axis, factors, null);
    }

    /** The same, with a number added to each column. */
    Value scaled(Value matrix, int axis, double[] factors, double[] added) {
        Tensor t = matrix.fact().constant();
        if (uses.getOrDefault(matrix, List.of()).size() > 1) {
            budget -= (long) t.size() * Float.BYTES;
            if (budget < 0) {
                return null;
            }
        }
        float[] from = t.floats();
        float[] to = new float[from.length];
        int columns = t.dim(t.rank() - 1);
        for (int i = 0; i < to.length; i++) {
            double v = from[i] * factors[axis == 0 ? i / columns : i % columns];
            to[i] = (float) (added == null ? v : v + added[i % columns]);
            if (!Float.isFinite(to[i])) {
                return null;
            }
        }
        release(t);
        return Value.constant(matrix.name(), Tensor.of(to, t.shape()).asDeferred());
    }

    /** {@code bias * factors + added}, the bias {@code [n]} or {@code [1, n]}, or null for zeros; null where that overflows. */
    static Value vector(String name, Value bias, double[] factors, double[] added) {
        float[] old = bias == null ? null : bias.fact().constant().floats();
        float[] sum = new float[added.length];
        for (int j = 0; j < sum.length; j++) {
            sum[j] = (float) (old == null ? added[j] : factors == null ? old[j] + added[j]
                    : old[j] * factors[j] + added[j]);
            if (!Float.isFinite(sum[j])) {
                return null;
            }
        }
        return Value.constant(bias == null ? name : bias.name(), Tensor.of(sum, sum.length));
    }

    /** What a constant in every row of x adds to each output: {@code sum over c of shift[c] W[c, j]}. */
    static double[] through(Value matrix, boolean transposed, double[] shift) {
        Tensor t = matrix.fact().constant();
        float[] w = t.floats();
        int outputs = t.dim(transposed ? 0 : 1);
        double[] sums = new double[outputs];
        for (int c = 0; c < shift.length; c++) {
            for (int j = 0; j < outputs; j++) {
                sums[j] += shift[c] * w[transposed ? j * shift.length + c : c * outputs + j];
            }
        }
        return sums;
    }

    private static void release(Tensor t) {
        if (t.deferred() != null) {
            t.deferred().release();
        }
    }
}
