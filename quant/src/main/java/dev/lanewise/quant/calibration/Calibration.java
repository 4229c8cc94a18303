package dev.lanewise.quant.calibration;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import java.util.List;
import java.util.Map;

/**
 * What a model is observed on: batches of samples, each the inputs of a run for one item by name. Samples run one by one, so they may
 * differ in length; a batch is what similarities are taken within.
 */
public record Calibration(List<List<Map<String, Tensor>>> batches) {
    public Calibration {
        batches = batches.stream().map(List::copyOf).toList();
        if (batches.isEmpty() || batches.stream().anyMatch(List::isEmpty)) {
            throw new InvalidInputException("calibration", "batches of samples", "none", "give more samples");
        }
    }

    /**
     * Batches of one size, since the entropy of similarities depends on it: samples that fill no batch are left out, unless they are
     * all there are.
     */
    public static Calibration of(List<Map<String, Tensor>> samples, int batch) {
        if (samples.size() <= batch) {
            return new Calibration(List.of(samples));
        }
        return new Calibration(java.util.stream.IntStream.range(0, samples.size() / batch)
                .mapToObj(i -> samples.subList(i * batch, (i + 1) * batch)).toList());
    }

    public int samples() {
        return batches.stream().mapToInt(List::size).sum();
    }

    /** All samples in order. */
    public List<Map<String, Tensor>> all() {
        return batches.stream().flatMap(List::stream).toList();
    }
}
