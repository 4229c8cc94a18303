package dev.lanewise.models.ocr;

import dev.lanewise.InvalidInputException;

/**
 * How text is looked for and read.
 *
 * @param longestSide pixels that the longer side of an image has at most while text is looked for; it is read at full size
 * @param pixelThreshold a pixel belongs to text with a probability above this
 * @param boxThreshold boxes whose pixels have a lower probability in the mean are dropped
 * @param growth how far a box is moved outwards, in parts of its area over its perimeter: the detector marks the middle of lines alone
 * @param minConfidence text that is less sure is dropped
 * @param threads threads that look for text in an image, and boxes of text that are read at the same time
 */
public record OcrOptions(int longestSide, double pixelThreshold, double boxThreshold, double growth,
        double minConfidence, int threads) {
    private static final int LEAST_SIDE = 32;
    private static final int MOST_SIDE = 8192;

    public OcrOptions {
        if (longestSide < LEAST_SIDE || longestSide > MOST_SIDE) {
            throw new InvalidInputException("longest side", LEAST_SIDE + " to " + MOST_SIDE + " pixels",
                    Integer.toString(longestSide), "correct the option");
        }
        if (!(isShare(pixelThreshold) && isShare(boxThreshold) && isShare(minConfidence))) {
            throw new InvalidInputException("thresholds", "0 to 1",
                    pixelThreshold + ", " + boxThreshold + ", " + minConfidence, "correct the options");
        }
        if (!(growth >= 0 && growth <= 10)) {
            throw new InvalidInputException("growth", "0 to 10", Double.toString(growth), "correct the option");
        }
        if (threads < 1) {
            throw new InvalidInputException("threads", "1 or more", Integer.toString(threads), "correct the option");
        }
    }

    private static boolean isShare(double value) {
        return value >= 0 && value <= 1;
    }

    /** 1440 pixels, 0.3, 0.6, 1.6, 0.5, one thread. */
    public static OcrOptions defaults() {
        return new OcrOptions(1440, 0.3, 0.6, 1.6, 0.5, 1);
    }

    public OcrOptions withLongestSide(int value) {
        return new OcrOptions(value, pixelThreshold, boxThreshold, growth, minConfidence, threads);
    }

    public OcrOptions withBoxes(double pixels, double boxes, double grown) {
        return new OcrOptions(longestSide, pixels, boxes, grown, minConfidence, threads);
    }

    public OcrOptions withMinConfidence(double value) {
        return new OcrOptions(longestSide, pixelThreshold, boxThreshold, growth, value, threads);
    }

    public OcrOptions withThreads(int value) {
        return new OcrOptions(longestSide, pixelThreshold, boxThreshold, growth, minConfidence, value);
    }
}
