package dev.lanewise.models.ocr;

import java.util.Arrays;

/**
 * Takes a rectangle of an image, which may be turned, as the planes that a network reads. Where that makes it smaller, each pixel is the
 * mean of samples on a grid as fine as the image. Outside, the image goes on as at its edge.
 */
final class Sampler {
    private static final int PLANES = 3;
    private static final int FULL = 255;

    private final PageImage image;
    private final float[] mean;
    private final float[] deviation;

    /**
     * @param mean of each plane (blue, green, red: the order in which PP-OCR reads), of values from 0 to 1
     * @param deviation what values are divided by after that
     */
    Sampler(PageImage image, float[] mean, float[] deviation) {
        this.image = image;
        this.mean = mean;
        this.deviation = deviation;
    }

    /**
     * @param width pixels of a row that the box becomes; those right of them are 0
     * @param stride pixels of a row
     * @return planes [3, height, stride]
     */
    float[] planes(RotatedBox box, int width, int height, int stride) {
        float[] out = new float[PLANES * height * stride];
        double cos = Math.cos(box.angle());
        double sin = Math.sin(box.angle());
        int fineX = fineness(box.width(), width);
        int fineY = fineness(box.height(), height);
        double[] sums = new double[PLANES];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                Arrays.fill(sums, 0);
                for (int j = 0; j < fineY; j++) {
                    double v = ((y + (j + 0.5) / fineY) / height - 0.5) * box.height();
                    for (int i = 0; i < fineX; i++) {
                        double u = ((x + (i + 0.5) / fineX) / width - 0.5) * box.width();
                        add(sums, box.x() + u * cos - v * sin, box.y() + u * sin + v * cos);
                    }
                }
                for (int p = 0; p < PLANES; p++) {
                    double value = sums[p] / (FULL * fineX * fineY);
                    out[(p * height + y) * stride + x] = (float) ((value - mean[p]) / deviation[p]);
                }
            }
        }
        return out;
    }

    private static int fineness(double side, int pixels) {
        return Math.max(1, (int) Math.ceil(side / pixels - 0.01));
    }

    /** Adds what is between the four pixels around a point. */
    private void add(double[] sums, double x, double y) {
        double left = Math.floor(x - 0.5);
        double top = Math.floor(y - 0.5);
        double right = x - 0.5 - left;
        double down = y - 0.5 - top;
        add(sums, pixel(left, top), (1 - right) * (1 - down));
        add(sums, pixel(left + 1, top), right * (1 - down));
        add(sums, pixel(left, top + 1), (1 - right) * down);
        add(sums, pixel(left + 1, top + 1), right * down);
    }

    private static void add(double[] sums, int rgb, double weight) {
        sums[0] += weight * (rgb & FULL);
        sums[1] += weight * (rgb >> 8 & FULL);
        sums[2] += weight * (rgb >> 16 & FULL);
    }

    private int pixel(double x, double y) {
        int column = (int) Math.clamp(x, 0, image.width() - 1);
        int row = (int) Math.clamp(y, 0, image.height() - 1);
        return image.rgb()[row * image.width() + column];
    }
}
