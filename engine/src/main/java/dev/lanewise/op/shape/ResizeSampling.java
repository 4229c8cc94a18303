package dev.lanewise.op.shape;

import java.util.function.DoubleUnaryOperator;

/**
 * How {@link Resize} turns positions of the new grid into weighted positions of the old one.
 *
 * @param cubicCoefficient a of the cubic kernel (Keys, Cubic convolution interpolation, 1981)
 * @param excludeOutside positions beyond the edge get no weight, the others are scaled to a sum of 1; otherwise the edge
 *        stands for them
 * @param antialias widens the kernel when the grid gets coarser
 */
public record ResizeSampling(Mode mode, Coordinates coordinates, Nearest nearest, float cubicCoefficient,
        boolean excludeOutside, boolean antialias) {
    /** Kernel of the interpolation. */
    public enum Mode {
        NEAREST, LINEAR, CUBIC
    }

    /** How the two grids lie over each other. */
    public enum Coordinates {
        HALF_PIXEL, HALF_PIXEL_SYMMETRIC, PYTORCH_HALF_PIXEL, ALIGN_CORNERS, ASYMMETRIC, TF_CROP_AND_RESIZE
    }

    /** Which neighbour is the nearest. */
    public enum Nearest {
        ROUND_PREFER_FLOOR, ROUND_PREFER_CEIL, FLOOR, CEIL
    }

    /** For each new position the old ones, their weights, and whether it lies outside of the region (null: none does). */
    record Taps(int[][] index, double[][] weight, boolean[] outside) {
    }

    Taps taps(int from, int to, double scale, double start, double end) {
        int[][] index = new int[to][];
        double[][] weight = new double[to][];
        boolean crops = coordinates == Coordinates.TF_CROP_AND_RESIZE;
        boolean[] outside = crops ? new boolean[to] : null;
        for (int p = 0; p < to; p++) {
            double x = original(p, from, to, scale, start, end);
            if (crops) {
                outside[p] = x < 0 || x > from - 1;
            }
            if (mode == Mode.NEAREST) {
                index[p] = new int[] {(int) Math.clamp(round(x), 0, from - 1)};
                weight[p] = new double[] {1};
                continue;
            }
            double narrowed = antialias ? Math.min(scale, 1) : 1;
            int radius = mode == Mode.CUBIC ? 2 : 1;
            DoubleUnaryOperator kernel = mode == Mode.CUBIC ? this::cubic : d -> Math.max(0, 1 - Math.abs(d));
            int floor = (int) Math.floor(x);
            int first = (int) Math.floor(-radius / narrowed) + 1;
            int count = 2 * (1 - first);
            index[p] = new int[count];
            weight[p] = new double[count];
            double sum = 0;
            for (int t = 0; t < count; t++) {
                int at = floor + first + t;
                boolean dropped = excludeOutside && (at < 0 || at >= from);
                weight[p][t] = dropped ? 0 : kernel.applyAsDouble((at - x) * narrowed);
                index[p][t] = Math.clamp(at, 0, from - 1);
                sum += weight[p][t];
            }
            for (int t = 0; t < count; t++) {
                weight[p][t] /= sum;
            }
        }
        return new Taps(index, weight, outside);
    }

    /** The position on the old grid of position {@code p} on the new one. */
    private double original(int p, int from, int to, double scale, double start, double end) {
        double length = scale * from;
        return switch (coordinates) {
            case HALF_PIXEL -> (p + 0.5) / scale - 0.5;
            case HALF_PIXEL_SYMMETRIC -> from / 2.0 * (1 - to / length) + (p + 0.5) / scale - 0.5;
            case PYTORCH_HALF_PIXEL -> to == 1 ? -0.5 : (p + 0.5) / scale - 0.5;
            case ALIGN_CORNERS -> length == 1 ? 0 : p * (from - 1) / (length - 1);
            case ASYMMETRIC -> p / scale;
            case TF_CROP_AND_RESIZE -> to == 1 ? (start + end) / 2 * (from - 1)
                    : start * (from - 1) + p * (end - start) * (from - 1) / (length - 1);
        };
    }

    private long round(double x) {
        return (long) switch (nearest) {
            case ROUND_PREFER_FLOOR -> Math.ceil(x - 0.5);
            case ROUND_PREFER_CEIL -> Math.floor(x + 0.5);
            case FLOOR -> Math.floor(x);
            case CEIL -> Math.ceil(x);
        };
    }

    private double cubic(double distance) {
        double a = cubicCoefficient;
        double d = Math.abs(distance);
        if (d <= 1) {
            return ((a + 2) * d - (a + 3)) * d * d + 1;
        }
        return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
    }
}
