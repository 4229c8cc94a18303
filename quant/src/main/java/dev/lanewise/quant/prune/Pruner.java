package dev.lanewise.quant.prune;
import dev.lanewise.InvalidInputException;
import dev.lanewise.KernelMode;
import dev.lanewise.graph.Graph;
import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.quant.calibration.Calibration;
import java.util.Arrays;
import java.util.List;

/**
 * Finds what hidden neurons of a model matter and makes it elastic or smaller, without labels or training. Method: Adaptive MLP Pruning
 * (arXiv 2603.08100), whose scores, bisection and order of neurons these are; budgets and the refit are Lanewise's own.
 *
 * <p>
 * A typical way: {@link #amp scores}, {@link #sorted a model in their order}, of which every prefix is the pruning at that width; or
 * {@link #search widths for a budget} and {@link #cut a model cut to them}, {@link #repaired refitted} perhaps.
 */
public final class Pruner {
    /** The temperature of similarities in most of the paper's models; {@link #temperature} finds a model's own. */
    public static final double TEMPERATURE = 1.0 / 20;
    /** Ridge of the refit, as a share of the neurons' mean variance. */
    public static final double RIDGE = 1e-2;

    private final Graph graph;
    private final Embedding embedding;
    private final KernelMode kernels;
    private final List<FeedForwardBlock> blocks;
    private final Widths widths;

    /**
     * @param graph as a loader made it, with FLOAT weights
     * @param embedding what stands for a sample
     * @throws InvalidInputException where the graph has no feed-forward blocks, or no such output
     */
    public Pruner(Graph graph, Embedding embedding, KernelMode kernels) {
        this.graph = graph;
        this.embedding = embedding;
        this.kernels = kernels;
        this.blocks = BlockFinder.find(graph);
        this.widths = Widths.of(graph, blocks);
        Importance.output(graph, embedding);
    }

    /** The blocks in the order of the model. */
    public List<FeedForwardBlock> blocks() {
        return List.copyOf(blocks);
    }

    /** All neurons of each block. */
    public int[] fullWidths() {
        return widths.full().clone();
    }

    /** Share of the whole model's multiply-adds in linear layers that a token takes at these widths. */
    public double compute(int[] widths) {
        return this.widths.share(widths);
    }

    /**
     * The temperature at which the entropy of the whole model's similarities is half of what it can be, the logarithm of the batch's
     * size.
     *
     * @throws InvalidInputException where all samples give the same vector
     */
    public double temperature(Calibration calibration) {
        return Temperature.of(Importance.embeddings(graph, embedding, calibration, kernels));
    }

    /**
     * Scores by the change of the entropy of a batch's similarities, to first order.
     *
     * @param temperature of the similarities, as {@link #TEMPERATURE} or what {@link #temperature} finds
     * @throws dev.lanewise.quant.gradient.MissingGradientException where the model has an operator without a gradient
     */
    public NeuronScores amp(Calibration calibration, double temperature) {
        return Importance.amp(graph, blocks, embedding, calibration, temperature, kernels);
    }

    /** Scores by how large a neuron's part of the second layer's sum is, without gradients. */
    public NeuronScores activation(Calibration calibration) {
        return Importance.activation(graph, blocks, calibration, kernels);
    }

    /** Scores that mean nothing, to compare with. */
    public NeuronScores random(long seed) {
        return NeuronScores.random(widths.full(), seed);
    }

    /** The whole model with its neurons in the order of importance; it computes what it did. */
    public Selection sorted(NeuronScores scores) {
        return cut(scores, widths.full());
    }

    /** The model with the most important neurons of each block alone, in the order of importance. */
    public Selection cut(NeuronScores scores, int[] widths) {
        return Selection.of(graph, blocks, scores.order(), checked(widths));
    }

    /** The same with the second layers refitted on the calibration samples; no longer a prefix of the sorted model. */
    public Selection repaired(NeuronScores scores, int[] widths, Calibration calibration, double ridge) {
        return Repair.run(graph, blocks, scores.order(), checked(widths), calibration, ridge, kernels);
    }

    /**
     * A search for widths; to be closed.
     *
     * @param validation samples to measure the criterion on
     */
    public WidthSearch search(NeuronScores scores, Calibration validation, double temperature, Criterion criterion) {
        return new WidthSearch(widths,
                new MaskedModel(graph, blocks, scores.order(), embedding, kernels), validation, temperature, criterion);
    }

    /** Widths for a share of compute, the same share of each block. */
    public int[] uniformWidths(double budget) {
        int[] least = new int[widths.full().length];
        Arrays.fill(least, 1);
        return widths.filled(least, budget, PackedMatrix.PANEL);
    }

    private int[] checked(int[] widths) {
        if (widths.length != blocks.size()) {
            throw new InvalidInputException("widths", blocks.size() + " widths", Arrays.toString(widths),
                    "give each block one");
        }
        return widths;
    }
}
