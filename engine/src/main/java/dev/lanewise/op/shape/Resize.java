package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.Elements;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * ONNX Resize-19: interpolates along axes. Inputs: x (any rank), optional roi (starts, then ends, as fractions), optional
 * scales (FLOAT), optional sizes (INT64); one of scales and sizes, each with an entry for each axis in {@code axes}.
 *
 * @param sampling how a new position becomes weights of old ones
 * @param policy what sizes mean for the proportions of the axes
 * @param axes axes to resize, may be negative; empty for all
 * @param extrapolation value outside of the roi
 */
public record Resize(ResizeSampling sampling, AspectRatio policy, List<Integer> axes, float extrapolation)
        implements
        Lowerable {
    /** What sizes mean. */
    public enum AspectRatio {
        STRETCH, NOT_LARGER, NOT_SMALLER
    }

    public Resize {
        axes = List.copyOf(axes);
    }

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0);
        if (in.has(2) == in.has(3)) {
            throw in.error("scales or sizes", in.has(2) ? "both" : "neither", "give one of them");
        }
        Dim[] shape = in.shape(0);
        if (type == DataType.STRING || type == DataType.BOOL && sampling.mode() != ResizeSampling.Mode.NEAREST) {
            throw in.error("numbers", type.toString(), "cast the input");
        }
        if (shape == null) {
            return List.of(Fact.unknown(type));
        }
        int[] resized = axes(shape.length);
        for (int a : resized) {
            in.axis(a, shape.length);
        }
        Dim[] out = shape.clone();
        if (in.has(3)) {
            Dim[] sizes = Layout.content(in.input(3));
            if (sizes == null || policy != AspectRatio.STRETCH && !in.input(0).isConcrete()) {
                return List.of(Fact.unknown(type));
            }
            checkCount(in, sizes.length, resized.length);
            for (int i = 0; i < resized.length; i++) {
                out[resized[i]] = sizes[i];
            }
            if (policy != AspectRatio.STRETCH) {
                double[] scales = scales(numbers(shape), resized, null, Layout.numbers(in.input(3)));
                for (int i = 0; i < resized.length; i++) {
                    out[resized[i]] = Dim.constant((long) Math.floor(shape[resized[i]].value() * scales[i] + 0.5));
                }
            }
            return List.of(Fact.of(type, out));
        }
        Tensor scales = in.input(2).constant();
        if (scales == null) {
            return List.of(Fact.unknown(type));
        }
        checkCount(in, scales.size(), resized.length);
        for (int i = 0; i < resized.length; i++) {
            Dim size = scaled(shape[resized[i]], scales.floats()[i]);
            if (size == null) {
                return List.of(Fact.unknown(type));
            }
            if (!(scales.floats()[i] > 0)) {
                throw in.error("scales above 0", Float.toString(scales.floats()[i]), "correct the scales");
            }
            out[resized[i]] = size;
        }
        return List.of(Fact.of(type, out));
    }

    private static void checkCount(Inference in, int found, int expected) {
        if (found != expected) {
            throw in.error(expected + " scales or sizes", Integer.toString(found), "give one for each axis");
        }
    }

    /** floor(size · scale), or null where that is no expression. */
    private static Dim scaled(Dim size, float scale) {
        if (size.isConstant()) {
            return Dim.constant((long) Math.floor(size.value() * (double) scale));
        }
        return scale == (int) scale ? size.times((int) scale) : null;
    }

    private int[] axes(int rank) {
        int[] from0 = new int[axes.isEmpty() ? rank : axes.size()];
        Arrays.setAll(from0, i -> axes.isEmpty() ? i : Layout.axis(axes.get(i), rank));
        return from0;
    }

    private static int[] numbers(Dim[] shape) {
        return Arrays.stream(shape).mapToInt(d -> (int) d.value()).toArray();
    }

    /** New size over old for each resized axis; the size is exact, the scale need not be. */
    private double[] scales(int[] shape, int[] resized, float[] given, long[] sizes) {
        double[] scales = new double[resized.length];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = given != null ? given[i] : (double) sizes[i] / shape[resized[i]];
        }
        if (given == null && policy != AspectRatio.STRETCH) {
            boolean smaller = policy == AspectRatio.NOT_LARGER;
            double common = smaller ? Arrays.stream(scales).min().orElse(1) : Arrays.stream(scales).max().orElse(1);
            Arrays.fill(scales, common);
        }
        return scales;
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        int[] out = Layout.shapes(this, inputs)[0];
        int[] resized = axes(x.rank());
        Tensor given = Layout.optional(inputs, 2);
        Tensor sizes = Layout.optional(inputs, 3);
        Tensor roi = Layout.optional(inputs, 1);
        double[] scales = scales(x.shape(), resized, given == null ? null : given.floats(),
                sizes == null ? null : sizes.asLongs());
        double[] values = new double[x.size()];
        Arrays.setAll(values, i -> Elements.doubleAt(x, i));
        int[] shape = x.shape();
        boolean[][] outside = new boolean[shape.length][];
        for (int i = 0; i < resized.length; i++) {
            int a = resized[i];
            double start = roi == null || roi.size() == 0 ? 0 : Elements.doubleAt(roi, i);
            double end = roi == null || roi.size() == 0 ? 1 : Elements.doubleAt(roi, i + resized.length);
            ResizeSampling.Taps taps = sampling.taps(shape[a], out[a], scales[i], start, end);
            outside[a] = taps.outside();
            values = resample(values, shape, a, out[a], taps);
            shape[a] = out[a];
        }
        Tensor y = Tensor.zeros(x.type(), out);
        int[] index = new int[out.length];
        for (int i = 0; i < values.length; i++) {
            boolean beyond = false;
            for (int a = 0; a < out.length; a++) {
                beyond |= outside[a] != null && outside[a][index[a]];
            }
            double value = beyond ? extrapolation : values[i];
            if (x.type().isFloatingPoint()) {
                Elements.set(y, i, value);
            } else {
                Elements.set(y, i, (long) value);
            }
            Layout.next(index, out);
        }
        return new Tensor[] {y};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        Tensor given = at.has(2) ? at.in(2).constant() : null;
        boolean copies = sampling.mode() == ResizeSampling.Mode.NEAREST
                && sampling.coordinates() != ResizeSampling.Coordinates.TF_CROP_AND_RESIZE
                && policy == AspectRatio.STRETCH && (given != null || at.has(3));
        if (!copies || at.in(0).type() != DataType.FLOAT || !at.out(0).hasShape() || at.out(0).rank() < 2) {
            return null;
        }
        int x = at.input(0);
        int y = at.output(0);
        return () -> new NearestStep(this, given == null ? null : given.floats(), x, y);
    }

    /** For each position on each axis of the output the one of the input that is copied; null where an axis stays as it is. */
    int[][] nearest(int[] shape, int[] out, float[] given) {
        int[] resized = axes(shape.length);
        long[] sizes = Arrays.stream(resized).mapToLong(a -> out[a]).toArray();
        double[] scales = scales(shape, resized, given, sizes);
        int[][] sources = new int[shape.length][];
        for (int i = 0; i < resized.length; i++) {
            int a = resized[i];
            if (scales[i] != 1) {
                ResizeSampling.Taps taps = sampling.taps(shape[a], out[a], scales[i], 0, 1);
                sources[a] = Arrays.stream(taps.index()).mapToInt(t -> t[0]).toArray();
            }
        }
        return sources;
    }

    private static double[] resample(double[] x, int[] shape, int axis, int size, ResizeSampling.Taps taps) {
        int inner = Layout.product(shape, axis + 1, shape.length);
        int outer = Layout.product(shape, 0, axis);
        double[] y = new double[outer * size * inner];
        for (int o = 0; o < outer; o++) {
            for (int p = 0; p < size; p++) {
                if (taps.index()[p].length == 1) {
                    System.arraycopy(x, (o * shape[axis] + taps.index()[p][0]) * inner, y, (o * size + p) * inner,
                            inner);
                    continue;
                }
                for (int t = 0; t < taps.index()[p].length; t++) {
                    double weight = taps.weight()[p][t];
                    int from = (o * shape[axis] + taps.index()[p][t]) * inner;
                    int to = (o * size + p) * inner;
                    for (int i = 0; weight != 0 && i < inner; i++) {
                        y[to + i] += weight * x[from + i];
                    }
                }
            }
        }
        return y;
    }
}
