package dev.lanewise.models.evaluation;

import dev.lanewise.Tensor;
import java.util.Map;

/**
 * Share of the images, in percent, whose label has the highest of the logits; the first of several that are as high.
 *
 * @param mean what is taken off a pixel in [0, 1]
 * @param deviation what it is divided by then
 */
public record ImageAccuracy(LabelledImages images, float mean, float deviation) implements Evaluation {
    @Override
    public String metric() {
        return "accuracy";
    }

    @Override
    public String unit() {
        return "% of " + samples() + " images";
    }

    @Override
    public int samples() {
        return images.count();
    }

    @Override
    public int batch() {
        return 100;
    }

    /** {@code images [count, 1, height, width]}. */
    @Override
    public Map<String, Tensor> inputs(int from, int count) {
        int size = images.height() * images.width();
        float[] floats = new float[count * size];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = ((images.pixels()[from * size + i] & 0xFF) / 255f - mean) / deviation;
        }
        return Map.of("images", Tensor.of(floats, count, 1, images.height(), images.width()));
    }

    /** @param logits {@code [count, classes]} */
    @Override
    public double sum(Tensor logits, int from, int count) {
        int classes = logits.dim(1);
        float[] values = logits.floats();
        int right = 0;
        for (int i = 0; i < count; i++) {
            int best = 0;
            for (int c = 1; c < classes; c++) {
                best = values[i * classes + c] > values[i * classes + best] ? c : best;
            }
            right += best == (images.labels()[from + i] & 0xFF) ? 1 : 0;
        }
        return 100.0 * right;
    }
}
