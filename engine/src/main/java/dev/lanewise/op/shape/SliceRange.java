package dev.lanewise.op.shape;

import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;

/**
 * What a slice takes of one axis.
 *
 * @param start first element
 * @param step distance of elements, not 0
 * @param length number of elements
 */
record SliceRange(Dim start, long step, Dim length) {
    /**
     * The range of each axis of {@code shape}, or null where an operand is not known.
     *
     * @param in where errors and assumptions go; null when the same operands have been checked before
     * @param operands facts at 1 to 4: starts, ends, axes, steps
     */
    static SliceRange[] of(Inference in, Dim[] shape, Fact[] operands) {
        Dim[] starts = Layout.content(operands[1]);
        Dim[] ends = Layout.content(operands[2]);
        long[] axes = operands[3] == null ? null : Layout.numbers(operands[3]);
        long[] steps = operands[4] == null ? null : Layout.numbers(operands[4]);
        if (starts == null || ends == null || operands[3] != null && axes == null
                || operands[4] != null && steps == null) {
            return null;
        }
        if (in != null) {
            check(in, shape, starts, ends, axes, steps);
        }
        SliceRange[] ranges = new SliceRange[shape.length];
        for (int a = 0; a < shape.length; a++) {
            ranges[a] = new SliceRange(Dim.ZERO, 1, shape[a]);
        }
        for (int i = 0; i < starts.length; i++) {
            int axis = axes == null ? i : Layout.axis((int) axes[i], shape.length);
            ranges[axis] = of(in, shape[axis], starts[i], ends[i], steps == null ? 1 : steps[i]);
        }
        return ranges;
    }

    private static void check(Inference in, Dim[] shape, Dim[] starts, Dim[] ends, long[] axes, long[] steps) {
        int n = starts.length;
        if (ends.length != n || axes != null && axes.length != n || steps != null && steps.length != n) {
            throw in.error("starts, ends, axes and steps of one length", n + ", " + ends.length + ", "
                    + (axes == null ? "-" : axes.length) + ", " + (steps == null ? "-" : steps.length),
                    "correct the operands");
        }
        if (axes != null) {
            Layout.axes(in, axes, shape.length);
        } else if (n > shape.length) {
            throw in.error("at most " + shape.length + " starts", Integer.toString(n), "correct the operands");
        }
        for (int i = 0; steps != null && i < n; i++) {
            if (steps[i] == 0) {
                throw in.error("steps other than 0", "0", "correct the steps");
            }
        }
    }

    private static SliceRange of(Inference in, Dim size, Dim start, Dim end, long step) {
        if (size.is(0)) {
            return new SliceRange(Dim.ZERO, 1, Dim.ZERO);
        }
        long bounded = Math.clamp(step, -Integer.MAX_VALUE, Integer.MAX_VALUE);
        if (step > 0) {
            Dim first = clamp(in, start, size, Dim.ZERO, size);
            Dim last = clamp(in, end, size, Dim.ZERO, size);
            return new SliceRange(first, bounded, length(in, last.minus(first), bounded));
        }
        Dim first = clamp(in, start, size, Dim.ZERO, size.plus(-1));
        Dim last = clamp(in, end, size, Dim.constant(-1), size.plus(-1));
        return new SliceRange(first, bounded, length(in, first.minus(last), -bounded));
    }

    private static Dim length(Inference in, Dim distance, long step) {
        if (distance.isConstant() && distance.value() <= 0) {
            return Dim.ZERO;
        }
        if (!distance.isAtLeast(0)) {
            atMost(in, Dim.ZERO, distance);
        }
        return step == 1 ? distance : distance.ceilDiv(step);
    }

    /**
     * A start or end counted from 0 and kept in [{@code least}, {@code most}]. An expression whose order relative to the
     * axis is open is taken to be inside, which is recorded as an assumption.
     */
    private static Dim clamp(Inference in, Dim index, Dim size, Dim least, Dim most) {
        if (index.isConstant()) {
            long i = index.value();
            if (i >= Integer.MAX_VALUE) {
                return most;
            }
            if (i < -Integer.MAX_VALUE) {
                return least;
            }
        }
        Dim i = Dim.ZERO.minus(index).isAtLeast(1) ? index.plus(size) : index;
        if (i == index && !index.isAtLeast(0)) {
            atMost(in, Dim.ZERO, index);
        }
        if (i.minus(most).isAtLeast(0)) {
            return most;
        }
        if (least.minus(i).isAtLeast(0)) {
            return least;
        }
        if (index.isConstant()) {
            Dim above = i.minus(least).isAtLeast(0) ? i : i.max(least);
            return most.minus(above).isAtLeast(0) ? above : above.min(most);
        }
        if (!most.minus(i).isAtLeast(0)) {
            atMost(in, i, most);
        }
        return i;
    }

    private static void atMost(Inference in, Dim a, Dim b) {
        if (in != null) {
            in.assumeAtMost(a, b);
        }
    }
}
