package dev.lanewise.models.evaluation;

import dev.lanewise.Outputs;
import dev.lanewise.RunOptions;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Samples with known answers, and a measure of how well a model does on them. */
public sealed interface Evaluation permits ImageAccuracy, ByteLoss {
    /** What is measured, in a word: {@code accuracy} or {@code loss}. */
    String metric();

    /** In what, and of what, for people: {@code % of 2000 images}. */
    String unit();

    /** Number of samples. */
    int samples();

    /** Samples of one run at most. */
    int batch();

    /** What a run over samples {@code from} to {@code from + count - 1} takes. */
    Map<String, Tensor> inputs(int from, int count);

    /**
     * What an output adds to the measure, which is the sum of all divided by the number of samples.
     *
     * @param output of a run over samples {@code from} to {@code from + count - 1}
     */
    double sum(Tensor output, int from, int count);

    /**
     * Runs a model over all samples.
     *
     * @param options those of each run, such as the size of an elastic model
     * @return the measure for each output, by name
     */
    default Map<String, Double> measure(Session session, RunOptions options) {
        Map<String, Double> sums = new LinkedHashMap<>();
        for (int from = 0; from < samples(); from += batch()) {
            int count = Math.min(batch(), samples() - from);
            Outputs outputs = session.run(inputs(from, count), options);
            for (String name : outputs.names()) {
                sums.merge(name, sum(outputs.get(name), from, count), Double::sum);
            }
        }
        sums.replaceAll((name, sum) -> sum / samples());
        return sums;
    }
}
