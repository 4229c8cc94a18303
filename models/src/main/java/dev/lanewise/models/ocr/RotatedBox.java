package dev.lanewise.models.ocr;

/**
 * A rectangle that may be turned, in pixels of an image whose y points down.
 *
 * @param x its centre
 * @param y its centre
 * @param width its side along the text
 * @param height its side across
 * @param angle where the text runs to, in radians: 0 to the right, a quarter turn down
 */
public record RotatedBox(double x, double y, double width, double height, double angle) {
    /** Taller than this many widths is text that runs down. */
    private static final double TALL = 1.5;

    /** The corners as x, y: where the text begins at its top, then clockwise as it is read. */
    public double[][] corners() {
        return new double[][] {at(-0.5, -0.5), at(0.5, -0.5), at(0.5, 0.5), at(-0.5, 0.5)};
    }

    /** A point of it; across and down go from -0.5 to 0.5. */
    private double[] at(double across, double down) {
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        double u = across * width;
        double v = down * height;
        return new double[] {x + u * cos - v * sin, y + u * sin + v * cos};
    }

    boolean contains(double px, double py) {
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        double dx = px - x;
        double dy = py - y;
        return Math.abs(dx * cos + dy * sin) <= width / 2 && Math.abs(dy * cos - dx * sin) <= height / 2;
    }

    /** Each side moved outwards by so much. */
    RotatedBox grown(double by) {
        return new RotatedBox(x, y, width + 2 * by, height + 2 * by, angle);
    }

    RotatedBox scaled(double by) {
        return new RotatedBox(x * by, y * by, width * by, height * by, angle);
    }

    /** The same rectangle, read in the other direction. */
    RotatedBox turned() {
        return new RotatedBox(x, y, width, height, angle + Math.PI);
    }

    /** The same rectangle with text that runs to the right, or down where it is tall: as far as its shape can tell. */
    RotatedBox upright() {
        double quarters = Math.rint(angle / (Math.PI / 2));
        double rest = angle - quarters * (Math.PI / 2);
        boolean odd = quarters % 2 != 0;
        double w = odd ? height : width;
        double h = odd ? width : height;
        return h >= TALL * w ? new RotatedBox(x, y, h, w, rest + Math.PI / 2) : new RotatedBox(x, y, w, h, rest);
    }
}
