package dev.lanewise.models.evaluation;

import dev.lanewise.Outputs;
import dev.lanewise.RunOptions;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

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
     * Runs a model over all samples; one that takes one sample a request gets several requests together.
     *
     * @param options those of each run, such as the size of an elastic model
     * @return the measure for each output of logits, by name
     */
    default Map<String, Double> measure(Session session, RunOptions options) {
        Map<String, Double> sums = new LinkedHashMap<>();
        for (int from = 0; from < samples(); from += batch()) {
            int count = Math.min(batch(), samples() - from);
            if (takesOne(session)) {
                int first = from;
                List<Outputs> each = session.runAll(
                        IntStream.range(0, count).mapToObj(i -> inputs(first + i, 1)).toList(), options);
                for (int i = 0; i < count; i++) {
                    add(each.get(i), from + i, 1, sums);
                }
            } else {
                add(session.run(inputs(from, count), options), from, count, sums);
            }
        }
        sums.replaceAll((name, sum) -> sum / samples());
        return sums;
    }

    private static boolean takesOne(Session session) {
        return session.model().metadata().inputs().stream().limit(1)
                .anyMatch(i -> i.dims() != null && !i.dims().isEmpty() && i.dims().getFirst().equals("1"));
    }

    /** Other outputs, such as the numbers of learners, say how a model ran. */
    private void add(Outputs outputs, int from, int count, Map<String, Double> sums) {
        for (String name : outputs.names()) {
            if (outputs.names().size() == 1 || name.startsWith("logits")) {
                sums.merge(name, sum(outputs.get(name), from, count), Double::sum);
            }
        }
    }
}
