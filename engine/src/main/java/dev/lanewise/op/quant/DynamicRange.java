package dev.lanewise.op.quant;

import dev.lanewise.kernel.Kernels;

/** Scale and zero point of ONNX DynamicQuantizeLinear-11 for a range of values that always takes in 0. */
record DynamicRange(float scale, int zeroPoint) {
    static DynamicRange of(Kernels kernels, float[] x, int offset, int n) {
        float[] minMax = {0, 0};
        kernels.minMax(x, offset, n, minMax);
        return of(minMax[0], minMax[1]);
    }

    static DynamicRange of(float min, float max) {
        float scale = scale(min, max);
        return new DynamicRange(scale, zeroPoint(min, scale));
    }

    /** The scale is 1 where all values are 0. */
    static float scale(float min, float max) {
        return min == max ? 1 : (max - min) / 255f;
    }

    static int zeroPoint(float min, float scale) {
        return (int) Math.rint(Math.clamp((0 - min) / scale, 0f, 255f));
    }
}
