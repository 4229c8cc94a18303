package dev.lanewise.models.ocr;

import java.util.Arrays;
import java.util.Comparator;

/**
 * The rectangle of the smallest area around points: one of its sides lies on a side of their convex hull (Freeman and Shapira,
 * Determining the minimum-area encasing rectangle for an arbitrary closed curve, 1975).
 */
final class SmallestBox {
    private SmallestBox() {
    }

    /** @param points x, y of at least one point */
    static RotatedBox around(double[][] points) {
        double[][] hull = hull(points);
        RotatedBox best = null;
        for (int i = 0; i < hull.length; i++) {
            double[] a = hull[i];
            double[] b = hull[(i + 1) % hull.length];
            RotatedBox box = along(hull, Math.atan2(b[1] - a[1], b[0] - a[0]));
            if (best == null || box.width() * box.height() < best.width() * best.height()) {
                best = box;
            }
        }
        return best;
    }

    private static RotatedBox along(double[][] hull, double angle) {
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        double left = Double.POSITIVE_INFINITY;
        double right = Double.NEGATIVE_INFINITY;
        double top = left;
        double bottom = right;
        for (double[] p : hull) {
            double u = p[0] * cos + p[1] * sin;
            double v = p[1] * cos - p[0] * sin;
            left = Math.min(left, u);
            right = Math.max(right, u);
            top = Math.min(top, v);
            bottom = Math.max(bottom, v);
        }
        double u = (left + right) / 2;
        double v = (top + bottom) / 2;
        return new RotatedBox(u * cos - v * sin, u * sin + v * cos, right - left, bottom - top, angle);
    }

    /** The corners of the convex hull in one direction around (Andrew's monotone chains). */
    private static double[][] hull(double[][] points) {
        double[][] sorted = points.clone();
        Arrays.sort(sorted, Comparator.<double[]>comparingDouble(p -> p[0]).thenComparingDouble(p -> p[1]));
        double[][] hull = new double[2 * sorted.length][];
        int count = chain(sorted, hull, 0);
        double[][] reversed = new double[sorted.length][];
        for (int i = 0; i < sorted.length; i++) {
            reversed[i] = sorted[sorted.length - 1 - i];
        }
        count = chain(reversed, hull, count);
        return Arrays.copyOf(hull, Math.max(1, count));
    }

    /** Appends the turns to one side of points in order, without the last point. */
    private static int chain(double[][] sorted, double[][] hull, int from) {
        int count = from;
        for (double[] p : sorted) {
            while (count >= from + 2 && cross(hull[count - 2], hull[count - 1], p) <= 0) {
                count--;
            }
            hull[count++] = p;
        }
        return count - 1;
    }

    private static double cross(double[] a, double[] b, double[] c) {
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    }
}
