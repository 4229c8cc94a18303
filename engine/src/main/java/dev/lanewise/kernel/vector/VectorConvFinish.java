package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** {@code y = max(floor, y + bias + residual)} for a tile of a convolution; the residual may be null. */
final class VectorConvFinish {
    private VectorConvFinish() {
    }

    static void run(int rows, int cols, float[] y, int yOffset, int yStride, float[] bias, int biasOffset, float[] r,
            int rOffset, int rStride, float floor) {
        int j = 0;
        for (; j <= cols - 2 * L; j += 2 * L) {
            if (r == null) {
                pairs(rows, y, yOffset + j, yStride, bias, biasOffset + j, floor);
            } else {
                pairs(rows, y, yOffset + j, yStride, bias, biasOffset + j, r, rOffset + j, rStride, floor);
            }
        }
        for (; j < cols; j++) {
            column(rows, y, yOffset + j, yStride, bias[biasOffset + j], r, rOffset + j, rStride, floor);
        }
    }

    private static void pairs(int rows, float[] y, int yOffset, int yStride, float[] bias, int biasOffset,
            float floor) {
        FloatVector e0 = FloatVector.fromArray(S, bias, biasOffset);
        FloatVector e1 = FloatVector.fromArray(S, bias, biasOffset + L);
        for (int i = 0, to = yOffset; i < rows; i++, to += yStride) {
            FloatVector v0 = FloatVector.fromArray(S, y, to).add(e0);
            FloatVector v1 = FloatVector.fromArray(S, y, to + L).add(e1);
            v0.blend(floor, v0.compare(VectorOperators.LE, floor)).intoArray(y, to);
            v1.blend(floor, v1.compare(VectorOperators.LE, floor)).intoArray(y, to + L);
        }
    }

    private static void pairs(int rows, float[] y, int yOffset, int yStride, float[] bias, int biasOffset, float[] r,
            int rOffset, int rStride, float floor) {
        FloatVector e0 = FloatVector.fromArray(S, bias, biasOffset);
        FloatVector e1 = FloatVector.fromArray(S, bias, biasOffset + L);
        for (int i = 0, to = yOffset, from = rOffset; i < rows; i++, to += yStride, from += rStride) {
            FloatVector v0 = FloatVector.fromArray(S, y, to).add(e0).add(FloatVector.fromArray(S, r, from));
            FloatVector v1 = FloatVector.fromArray(S, y, to + L).add(e1).add(FloatVector.fromArray(S, r, from + L));
            v0.blend(floor, v0.compare(VectorOperators.LE, floor)).intoArray(y, to);
            v1.blend(floor, v1.compare(VectorOperators.LE, floor)).intoArray(y, to + L);
        }
    }

    private static void column(int rows, float[] y, int yOffset, int yStride, float bias, float[] r, int rOffset,
            int rStride, float floor) {
        for (int i = 0; i < rows; i++) {
            float v = y[yOffset + i * yStride] + bias;
            v = r == null ? v : v + r[rOffset + i * rStride];
            y[yOffset + i * yStride] = v <= floor ? floor : v;
        }
    }
}
