package dev.lanewise.op.nn;

import dev.lanewise.InvalidInputException;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Inference;
import java.util.Arrays;
import java.util.List;

/**
 * A window that slides over the spatial axes of a tensor, as in convolution and pooling. Every list has one entry
 * for each spatial axis, or none for the default.
 *
 * @param kernel size; none where the weights say it
 * @param strides steps of the window, 1 by default
 * @param dilations distance of the window's elements, 1 by default
 * @param pads elements put before each axis, then those put after each axis; 0 by default; ignored unless EXPLICIT
 * @param roundUp whether a last window that is only partly covered counts; it must start inside the input or the
 *        padding before it
 */
public record Window(List<Integer> kernel, List<Integer> strides, List<Integer> dilations, List<Integer> pads,
        Padding padding, boolean roundUp) {
    /** Where the padding comes from; SAME pads so that a stride of 1 keeps the size, an odd element after or before. */
    public enum Padding {
        EXPLICIT, VALID, SAME_UPPER, SAME_LOWER
    }

    public Window {
        kernel = List.copyOf(kernel);
        strides = List.copyOf(strides);
        dilations = List.copyOf(dilations);
        pads = List.copyOf(pads);
    }

    public int stride(int axis) {
        return strides.isEmpty() ? 1 : strides.get(axis);
    }

    public int dilation(int axis) {
        return dilations.isEmpty() ? 1 : dilations.get(axis);
    }

    /** Explicit padding before the axis. */
    int padBefore(int axis) {
        return padding == Padding.EXPLICIT && !pads.isEmpty() ? pads.get(axis) : 0;
    }

    /** Explicit padding after the axis. */
    int padAfter(int axis) {
        return padding == Padding.EXPLICIT && !pads.isEmpty() ? pads.get(pads.size() / 2 + axis) : 0;
    }

    private boolean isSame() {
        return padding == Padding.SAME_UPPER || padding == Padding.SAME_LOWER;
    }

    /** Elements from the first to the last of the window along the axis. */
    long extent(int axis, int size) {
        return (size - 1L) * dilation(axis) + 1;
    }

    /** The window's size: as declared, or the spatial part of the weights' shape where it is not. */
    public int[] kernel(int[] weights) {
        return kernel.isEmpty() ? Arrays.copyOfRange(weights, 2, weights.length)
                : kernel.stream().mapToInt(k -> k).toArray();
    }

    /** Checks the lists against the number of spatial axes. */
    public void check(Inference in, int axes) {
        boolean counts = (kernel.isEmpty() || kernel.size() == axes) && (strides.isEmpty() || strides.size() == axes)
                && (dilations.isEmpty() || dilations.size() == axes) && (pads.isEmpty() || pads.size() == 2 * axes);
        if (!counts) {
            throw in.error("a window over " + axes + " spatial axes", toString(),
                    "give kernel_shape, strides, dilations and pads one entry an axis (pads two)");
        }
        boolean positive = kernel.stream().allMatch(k -> k > 0) && strides.stream().allMatch(s -> s > 0)
                && dilations.stream().allMatch(d -> d > 0) && pads.stream().allMatch(p -> p >= 0);
        if (!positive) {
            throw in.error("positive sizes, strides and dilations and pads of 0 or more", toString(), "correct them");
        }
    }

    /** Number of positions along each spatial axis. */
    public Dim[] positions(Inference in, Dim[] spatial, int[] kernelShape) {
        Dim[] out = new Dim[spatial.length];
        for (int d = 0; d < out.length; d++) {
            out[d] = positions(spatial[d], d, kernelShape[d]);
            if (out[d].isConstant() && out[d].value() < 1 && !spatial[d].is(0)) {
                throw in.error("at least " + extent(d, kernelShape[d]) + " elements along spatial axis " + d
                        + ", padding included", spatial[d].toString(), "check the window and the input's shape");
            }
            out[d] = out[d].isConstant() && out[d].value() < 0 ? Dim.ZERO : out[d];
        }
        return out;
    }

    /** The same for sizes that are numbers. */
    public int[] positions(int[] spatial, int[] kernelShape) {
        int[] out = new int[spatial.length];
        for (int d = 0; d < out.length; d++) {
            long count = positions(Dim.constant(spatial[d]), d, kernelShape[d]).value();
            if (count < 1 && spatial[d] != 0) {
                throw new InvalidInputException(null, "at least " + extent(d, kernelShape[d])
                        + " elements along spatial axis " + d + ", padding included", Integer.toString(spatial[d]),
                        "check the window and the input's shape");
            }
            out[d] = Math.toIntExact(Math.max(0, count));
        }
        return out;
    }

    private Dim positions(Dim size, int axis, int kernelSize) {
        int stride = stride(axis);
        if (isSame()) {
            return size.ceilDiv(stride);
        }
        Dim room = size.plus(padBefore(axis) + padAfter(axis) - extent(axis, kernelSize));
        if (!roundUp || stride == 1) {
            return room.floorDiv(Dim.constant(stride)).plus(1);
        }
        Dim starts = size.plus(padBefore(axis)).ceilDiv(stride);
        return room.ceilDiv(stride).plus(1).min(starts);
    }

    /** Padding before each axis for an input and a number of positions that are known. */
    public int[] before(int[] spatial, int[] positions, int[] kernelShape) {
        int[] before = new int[spatial.length];
        for (int d = 0; d < before.length; d++) {
            before[d] = padBefore(d);
            if (isSame()) {
                long total = Math.max(0,
                        (positions[d] - 1L) * stride(d) + extent(d, kernelShape[d]) - spatial[d]);
                before[d] = Math.toIntExact(padding == Padding.SAME_UPPER ? total / 2 : total - total / 2);
            }
        }
        return before;
    }

    /** How many of a window's elements along an axis lie in the input or in declared padding. */
    public int counted(int axis, int position, int before, int size, int kernelSize) {
        if (isSame()) {
            return kernelSize;
        }
        int count = 0;
        for (int q = 0; q < kernelSize; q++) {
            int at = position * stride(axis) + q * dilation(axis) - before;
            count += at < size + padAfter(axis) ? 1 : 0;
        }
        return count;
    }
}
