package dev.lanewise.models.evaluation;

import dev.lanewise.Outputs;
import dev.lanewise.RunOptions;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;
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
     * Runs a model over all samples.
     *
     * @param options those of each run, such as the size of an elastic model
     * @return the measure for each output of logits, by name
     */
    default Map<String, Double> measure(Session session, RunOptions options) {
        return measure(session, options, Map.of(), (outputs, sample) -> {
        });
    }

    /**
     * Runs a model over all samples; one that takes one sample a request gets several requests together.
     *
     * @param given inputs of each run beside the samples
     * @param each is told the outputs of each sample, and which sample of them it is
     * @return the measure for each output of logits, by name
     */
    default Map<String, Double> measure(Session session, RunOptions options, Map<String, Tensor> given,
            ObjIntConsumer<Outputs> each) {
        Map<String, Double> sums = new LinkedHashMap<>();
        for (int from = 0; from < samples(); from += batch()) {
            int count = Math.min(batch(), samples() - from);
            int request = takesOne(session) ? 1 : count;
            int first = from;
            List<Map<String, Tensor>> requests = IntStream.range(0, count / request)
                    .mapToObj(i -> with(given, inputs(first + i * request, request))).toList();
            List<Outputs> all = requests.size() == 1 ? List.of(session.run(requests.getFirst(), options))
                    : session.runAll(requests, options);
            for (int i = 0; i < all.size(); i++) {
                add(all.get(i), from + i * request, request, sums);
                for (int sample = 0; sample < request; sample++) {
                    each.accept(all.get(i), sample);
                }
            }
        }
        sums.replaceAll((name, sum) -> sum / samples());
        return sums;
    }

    private static Map<String, Tensor> with(Map<String, Tensor> given, Map<String, Tensor> samples) {
        Map<String, Tensor> all = new HashMap<>(given);
        all.putAll(samples);
        return all;
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
