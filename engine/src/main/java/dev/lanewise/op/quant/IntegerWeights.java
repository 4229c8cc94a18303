package dev.lanewise.op.quant;

import dev.lanewise.Tensor;
import dev.lanewise.kernel.PackedMatrix;

/**
 * An 8-bit matrix without its zero point as floats in panels.
 *
 * @param kBlock depth up to which each partial sum of products with 8-bit differences is an integer that a float holds
 */
record IntegerWeights(PackedMatrix panels, int kBlock) {
    private static final int LARGEST_BLOCK = 512;
    /** Largest magnitude of an 8-bit number minus an 8-bit zero point. */
    private static final int LARGEST_DIFFERENCE = 255;
    /** Integers up to here are exact in a float. */
    private static final int EXACT = 1 << 24;

    static IntegerWeights pack(Tensor b, Tensor zeroPoint) {
        int[] centred = IntegerProduct.centred(b, zeroPoint, false).ints();
        float[] values = new float[centred.length];
        int largest = 1;
        for (int i = 0; i < values.length; i++) {
            values[i] = centred[i];
            largest = Math.max(largest, Math.abs(centred[i]));
        }
        int block = Math.min(LARGEST_BLOCK, EXACT / (LARGEST_DIFFERENCE * largest));
        return new IntegerWeights(PackedMatrix.pack(values, 0, b.dim(0), b.dim(1), false), block);
    }
}
