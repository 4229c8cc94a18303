package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import dev.lanewise.kernel.UnaryFunction;
import jdk.incubator.vector.FloatVector;

/** What follows a matrix product, on a block of its result that is still in the L1 cache: {@code activation(c + bias) + residual}. */
final class VectorEpilogue {
    private VectorEpilogue() {
    }

    static void apply(int rows, int cols, float[] c, int cOffset, int cStride, float[] bias, int biasOffset,
            UnaryFunction activation, float[] residual, int residualOffset, int residualStride) {
        if (bias != null) {
            add(rows, cols, c, cOffset, cStride, bias, biasOffset, 0);
        }
        if (activation != null) {
            for (int r = 0; r < rows; r++) {
                int at = cOffset + r * cStride;
                VectorMath.unary(activation, c, at, c, at, cols);
            }
        }
        if (residual != null) {
            add(rows, cols, c, cOffset, cStride, residual, residualOffset, residualStride);
        }
    }

    /** {@code c += x}; stride 0 repeats one row of x. */
    private static void add(int rows, int cols, float[] c, int cOffset, int cStride, float[] x, int xOffset,
            int xStride) {
        if (cols == 2 * L) {
            addPairs(rows, c, cOffset, cStride, x, xOffset, xStride);
            return;
        }
        for (int r = 0; r < rows; r++) {
            addRow(cols, c, cOffset + r * cStride, x, xOffset + r * xStride);
        }
    }

    /** A row is two vectors: the full panel at 512 bits. */
    private static void addPairs(int rows, float[] c, int cOffset, int cStride, float[] x, int xOffset, int xStride) {
        int to = cOffset;
        int from = xOffset;
        for (int r = 0; r < rows; r++) {
            FloatVector.fromArray(S, c, to).add(FloatVector.fromArray(S, x, from)).intoArray(c, to);
            FloatVector.fromArray(S, c, to + L).add(FloatVector.fromArray(S, x, from + L)).intoArray(c, to + L);
            to += cStride;
            from += xStride;
        }
    }

    private static void addRow(int cols, float[] c, int to, float[] x, int from) {
        int i = 0;
        for (; i <= cols - L; i += L) {
            FloatVector.fromArray(S, c, to + i).add(FloatVector.fromArray(S, x, from + i)).intoArray(c, to + i);
        }
        for (; i < cols; i++) {
            c[to + i] += x[from + i];
        }
    }
}
