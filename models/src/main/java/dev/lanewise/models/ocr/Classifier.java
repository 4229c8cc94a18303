package dev.lanewise.models.ocr;

/**
 * Tells whether a box of text is upside down, with the classifier of PP-OCR. It is shown the middle of a line: whole lines, squeezed to the
 * width that it takes, made it err.
 */
final class Classifier {
    private static final int HEIGHT = 48;
    private static final int WIDTH = 192;
    private static final float[] HALF = {0.5f, 0.5f, 0.5f};
    private static final double SURE = 0.9;

    private final Network network;

    Classifier(Network network) {
        this.network = network;
    }

    /** The box in the direction in which it is read. */
    RotatedBox turned(PageImage image, RotatedBox box) {
        double across = Math.min(box.width(), box.height() * WIDTH / HEIGHT);
        RotatedBox middle = new RotatedBox(box.x(), box.y(), across, box.height(), box.angle());
        int width = (int) Math.max(1, Math.rint(HEIGHT * across / box.height()));
        float[] planes = new Sampler(image, HALF, HALF).planes(middle, width, HEIGHT, WIDTH);
        return network.run(planes, HEIGHT, WIDTH, 1, 2)[1] > SURE ? box.turned() : box;
    }
}
