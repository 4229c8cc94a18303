package dev.lanewise.models.ocr;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Boxes of text from the probability of each pixel, as Differentiable Binarization does it (Liao et al., Real-time Scene Text
 * Detection with Differentiable Binarization, 2020): pixels above a threshold that touch are a region, and the smallest rectangle around it
 * is grown, since networks learn to mark regions that are shrunk. Grown by d, rounded at its corners, a rectangle has that with each side
 * moved by d as its smallest.
 */
final class Regions {
    private static final double LEAST_SIDE = 3;

    private final float[] probabilities;
    private final int stride;
    private final int width;
    private final int height;
    private final OcrOptions options;
    private final boolean[] seen;
    private int[] stack = new int[64];

    /**
     * @param probabilities at least height rows of stride
     * @param width the pixels of a row that count
     */
    Regions(float[] probabilities, int stride, int width, int height, OcrOptions options) {
        this.probabilities = probabilities;
        this.stride = stride;
        this.width = width;
        this.height = height;
        this.options = options;
        seen = new boolean[width * height];
    }

    List<RotatedBox> boxes() {
        List<RotatedBox> boxes = new ArrayList<>();
        for (int i = 0; i < seen.length; i++) {
            if (isText(i % width, i / width)) {
                RotatedBox box = SmallestBox.around(region(i));
                if (Math.min(box.width(), box.height()) >= LEAST_SIDE && mean(box) >= options.boxThreshold()) {
                    boxes.add(box.grown(growth(box, options.growth())));
                }
            }
        }
        return boxes;
    }

    static double growth(RotatedBox box, double ratio) {
        return ratio * box.width() * box.height() / (2 * (box.width() + box.height()));
    }

    private boolean isText(int x, int y) {
        return x >= 0 && x < width && y >= 0 && y < height && !seen[y * width + x]
                && probabilities[y * stride + x] > options.pixelThreshold();
    }

    /** The corners of the first and last pixel in each row of the region that a pixel belongs to; marks it as seen. */
    private double[][] region(int start) {
        int[] first = new int[height];
        int[] last = new int[height];
        Arrays.fill(first, width);
        Arrays.fill(last, -1);
        int top = start / width;
        int bottom = top;
        int count = push(0, start);
        while (count > 0) {
            int x = stack[--count] % width;
            int y = stack[count] / width;
            first[y] = Math.min(first[y], x);
            last[y] = Math.max(last[y], x);
            bottom = Math.max(bottom, y);
            for (int dy = -1; dy <= 1; dy++) {
                for (int dx = -1; dx <= 1; dx++) {
                    if (isText(x + dx, y + dy)) {
                        count = push(count, (y + dy) * width + x + dx);
                    }
                }
            }
        }
        List<double[]> points = new ArrayList<>();
        for (int y = top; y <= bottom; y++) {
            points.addAll(List.of(new double[] {first[y], y}, new double[] {first[y], y + 1},
                    new double[] {last[y] + 1, y}, new double[] {last[y] + 1, y + 1}));
        }
        return points.toArray(double[][]::new);
    }

    private int push(int count, int pixel) {
        if (count == stack.length) {
            stack = Arrays.copyOf(stack, 2 * count);
        }
        seen[pixel] = true;
        stack[count] = pixel;
        return count + 1;
    }

    /** Of the pixels whose middles lie in the box. */
    private double mean(RotatedBox box) {
        double[][] corners = box.corners();
        double sum = 0;
        int count = 0;
        for (int y = least(corners, 1); y < Math.min(height, most(corners, 1)); y++) {
            for (int x = least(corners, 0); x < Math.min(width, most(corners, 0)); x++) {
                if (box.contains(x + 0.5, y + 0.5)) {
                    sum += probabilities[y * stride + x];
                    count++;
                }
            }
        }
        return sum / Math.max(1, count);
    }

    private static int least(double[][] corners, int axis) {
        return Math.max(0, (int) Math.floor(Arrays.stream(corners).mapToDouble(c -> c[axis]).min().orElseThrow()));
    }

    private static int most(double[][] corners, int axis) {
        return (int) Math.ceil(Arrays.stream(corners).mapToDouble(c -> c[axis]).max().orElseThrow());
    }
}
