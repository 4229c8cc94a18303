package dev.lanewise.models.ocr;

import java.util.List;

/** Finds boxes of text with a detector of PP-OCR. */
final class Detector {
    /** Its network halves images five times. */
    private static final int MULTIPLE = 32;
    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

    private final Network network;
    private final OcrOptions options;

    Detector(Network network, OcrOptions options) {
        this.network = network;
        this.options = options;
    }

    /** In pixels of the image, in no order that means anything. */
    List<RotatedBox> boxes(PageImage image) {
        double scale = Math.min(1, (double) options.longestSide() / Math.max(image.width(), image.height()));
        int width = (int) Math.max(1, Math.rint(image.width() * scale));
        int height = (int) Math.max(1, Math.rint(image.height() * scale));
        int columns = multiple(width);
        int rows = multiple(height);
        // It reaches beyond the image, to the right and below, by what fills up the multiple.
        RotatedBox all = new RotatedBox(columns / scale / 2, rows / scale / 2, columns / scale, rows / scale, 0);
        float[] planes = new Sampler(image, MEAN, DEVIATION).planes(all, columns, rows, columns);
        float[] probabilities = network.run(planes, rows, columns, 1, 1, rows, columns);
        return new Regions(probabilities, columns, width, height, options).boxes().stream()
                .map(box -> box.scaled(1 / scale).upright()).toList();
    }

    private static int multiple(int pixels) {
        return (pixels + MULTIPLE - 1) / MULTIPLE * MULTIPLE;
    }
}
