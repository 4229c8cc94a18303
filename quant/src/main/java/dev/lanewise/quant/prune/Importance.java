package dev.lanewise.quant.prune;
import dev.lanewise.KernelMode;
import dev.lanewise.Outputs;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.quant.calibration.Calibration;
import dev.lanewise.quant.calibration.Observed;
import dev.lanewise.quant.gradient.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Ways to score hidden neurons on samples without labels. */
final class Importance {
    private Importance() {
    }

    /**
     * Adaptive MLP Pruning (arXiv 2603.08100): for each neuron, whose value is a, the mean over samples of
     * {@code |sum over tokens of a dE/da|}, E the entropy of similarities within the sample's batch: what E changes by, to first
     * order, when the neuron goes. All blocks are scored on the model as it is.
     *
     * <p>
     * Samples depend on each other through their embeddings alone, so a batch runs twice, a sample at a time: for the
     * embeddings, and then for the gradients.
     */
    static NeuronScores amp(Graph graph, List<FeedForwardBlock> blocks, Embedding embedding, Calibration calibration,
            double temperature, KernelMode kernels) {
        List<Value> hidden = blocks.stream().map(FeedForwardBlock::hidden).toList();
        Program program = new Program(graph, hidden, kernels);
        double[][] scores = zeros(blocks);
        List<List<float[]>> vectors = embeddings(graph, embedding, calibration, kernels);
        for (int b = 0; b < vectors.size(); b++) {
            List<Map<String, Tensor>> batch = calibration.batches().get(b);
            BatchEntropy entropy = BatchEntropy.of(vectors.get(b), temperature);
            for (int i = 0; i < batch.size(); i++) {
                add(program, embedding, batch.get(i), entropy.gradients().get(i), hidden, scores);
            }
        }
        // A batch's mean is over its own samples, and batches count alike; all have one size.
        divide(scores, calibration.samples());
        return new NeuronScores("amp", scores);
    }

    /** The vectors of the samples of each batch by the model as it is. */
    static List<List<float[]>> embeddings(Graph graph, Embedding embedding, Calibration calibration,
            KernelMode kernels) {
        List<List<float[]>> all = new ArrayList<>();
        try (Observed observed = Observed.values(graph, List.of(output(graph, embedding)), kernels)) {
            for (List<Map<String, Tensor>> batch : calibration.batches()) {
                List<Outputs> runs = observed.run(batch);
                all.add(IntStream.range(0, batch.size())
                        .mapToObj(i -> embedding.of(runs.get(i).get(0), batch.get(i))).toList());
            }
        }
        return all;
    }

    private static void add(Program program, Embedding embedding, Map<String, Tensor> sample, float[] gradient,
            List<Value> hidden, double[][] scores) {
        Program.Tape tape = program.run(sample);
        Tensor output = tape.output(embedding.output());
        Map<Value, Tensor> gradients = tape.gradients(embedding.output(), embedding.back(gradient, output, sample));
        for (int b = 0; b < scores.length; b++) {
            Tensor g = gradients.get(hidden.get(b));
            if (g == null) {
                continue; // The embedding does not depend on this block.
            }
            float[] a = tape.value(hidden.get(b)).floats();
            int width = scores[b].length;
            double[] sums = new double[width];
            for (int i = 0; i < a.length; i++) {
                sums[i % width] += (double) a[i] * g.floats()[i];
            }
            for (int j = 0; j < width; j++) {
                scores[b][j] += Math.abs(sums[j]);
            }
        }
    }

    /**
     * Without gradients: the mean over tokens of {@code |a|} times the length of what the neuron adds for a value of 1, its part of
     * the second layer's weights.
     */
    static NeuronScores activation(Graph graph, List<FeedForwardBlock> blocks, Calibration calibration,
            KernelMode kernels) {
        double[][] scores = zeros(blocks);
        long[] tokens = new long[blocks.size()];
        List<Value> hidden = blocks.stream().map(FeedForwardBlock::hidden).toList();
        try (Observed observed = Observed.values(graph, hidden, kernels)) {
            for (Map<String, Tensor> sample : calibration.all()) {
                Outputs out = observed.run(sample);
                for (int b = 0; b < scores.length; b++) {
                    float[] a = out.get(b).floats();
                    int width = scores[b].length;
                    for (int i = 0; i < a.length; i++) {
                        scores[b][i % width] += Math.abs(a[i]);
                    }
                    tokens[b] += a.length / width;
                }
            }
        }
        for (int b = 0; b < scores.length; b++) {
            OutgoingWeights weights = OutgoingWeights.of(blocks.get(b));
            for (int j = 0; j < scores[b].length; j++) {
                scores[b][j] *= weights.length(j) / tokens[b];
            }
        }
        return new NeuronScores("activation", scores);
    }

    static Value output(Graph graph, Embedding embedding) {
        int at = graph.outputNames().indexOf(embedding.output());
        if (at < 0) {
            throw new dev.lanewise.InvalidInputException("embedding", "one of the outputs " + graph.outputNames(),
                    embedding.output(), "correct the name");
        }
        return graph.outputs().get(at);
    }

    private static double[][] zeros(List<FeedForwardBlock> blocks) {
        return blocks.stream().map(b -> new double[b.width()]).toArray(double[][]::new);
    }

    private static void divide(double[][] scores, double by) {
        for (double[] block : scores) {
            for (int j = 0; j < block.length; j++) {
                block[j] /= by;
            }
        }
    }
}
