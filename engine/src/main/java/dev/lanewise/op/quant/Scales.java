package dev.lanewise.op.quant;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Inference;
import java.util.Arrays;

/**
 * Which scale belongs to which element of a quantised tensor: one for all, one for each position of an axis, or one for
 * each block along an axis.
 *
 * @param axisSize dimension of the axis; 1 where one scale serves all
 * @param inner elements from one position of the axis to the next
 * @param blocks number of blocks along the axis; 0 where there are none
 * @param blockSize positions of the axis in a block
 */
record Scales(int axisSize, int inner, int blocks, int blockSize) {
    static Scales of(int[] shape, Tensor scale, int axis, int blockSize) {
        if (isOne(scale.rank(), scale.size(), blockSize)) {
            return new Scales(1, Tensor.sizeOf(shape), 0, 0);
        }
        int at = axis < 0 ? axis + shape.length : axis;
        int inner = 1;
        for (int a = at + 1; a < shape.length; a++) {
            inner *= shape[a];
        }
        return new Scales(shape[at], inner, blockSize > 0 ? scale.dim(at) : 0, blockSize);
    }

    private static boolean isOne(int rank, int size, int blockSize) {
        return blockSize == 0 && rank <= 1 && size == 1;
    }

    /** Index of the scale of element {@code i}. */
    int index(int i) {
        if (blocks == 0) {
            return axisSize == 1 ? 0 : i / inner % axisSize;
        }
        int position = i / inner % axisSize;
        int outer = i / inner / axisSize;
        return (outer * blocks + position / blockSize) * inner + i % inner;
    }

    /** Checks the shape of scale (input 1) and zero point (input 2, may be missing) against the tensor at input 0. */
    static void check(Inference in, int axis, int blockSize) {
        if (blockSize < 0) {
            throw in.error("a block size of 0 or more", Integer.toString(blockSize), "correct block_size");
        }
        Dim[] x = in.shape(0);
        Dim[] scale = in.shape(1);
        if (scale == null) {
            return;
        }
        Dim size = Dim.product(scale);
        if (in.has(2) && in.shape(2) != null && !(size.is(1) && Dim.product(in.shape(2)).is(1))) {
            if (in.shape(2).length != scale.length) {
                throw in.error("a zero point of the shape of the scale " + Arrays.toString(scale),
                        Arrays.toString(in.shape(2)), "reshape it");
            }
            for (int a = 0; a < scale.length; a++) {
                in.assumeEqual(scale[a], in.shape(2)[a]);
            }
        }
        boolean one = size.isConstant() && isOne(scale.length, (int) size.value(), blockSize);
        if (x == null || one) {
            return;
        }
        int at = in.axis(axis, x.length);
        if (scale.length != (blockSize > 0 ? x.length : 1)) {
            throw in.error(blockSize > 0 ? "a scale for each block, of rank " + x.length : "one scale or a list",
                    "a scale of shape " + Arrays.toString(scale), "correct the scale or block_size");
        }
        if (blockSize == 0) {
            in.assumeEqual(scale[0], x[at]);
            return;
        }
        for (int a = 0; a < x.length; a++) {
            in.assumeEqual(scale[a], a == at ? x[a].ceilDiv(blockSize) : x[a]);
        }
    }
}
