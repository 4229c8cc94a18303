package dev.lanewise.quant.prune;

import dev.lanewise.InvalidInputException;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import java.util.List;

/**
 * What widths cost: multiply-adds of linear layers for a token, as {@code Elastic.compute} counts them.
 *
 * @param fixed what no width changes
 * @param neuron cost of one neuron of each block
 * @param full all neurons of each block
 */
record Widths(long fixed, int[] neuron, int[] full) {
    private static final int FILL_STEPS = 1024;

    static Widths of(Graph graph, List<FeedForwardBlock> blocks) {
        long all = 0;
        for (Node n : graph.nodes()) {
            StaticLayer layer = StaticLayer.of(n);
            all += layer == null ? 0 : layer.cost();
        }
        int[] neuron = blocks.stream().mapToInt(FeedForwardBlock::neuronCost).toArray();
        int[] full = blocks.stream().mapToInt(FeedForwardBlock::width).toArray();
        long elastic = 0;
        for (int b = 0; b < full.length; b++) {
            elastic += (long) full[b] * neuron[b];
        }
        return new Widths(all - elastic, neuron, full);
    }

    long cost(int[] widths) {
        long cost = fixed;
        for (int b = 0; b < widths.length; b++) {
            cost += (long) widths[b] * neuron[b];
        }
        return cost;
    }

    /** Share of the whole model's cost. */
    double share(int[] widths) {
        return (double) cost(widths) / cost(full);
    }

    /** The next multiple of {@code tile} for block b, or all of it. */
    int roundedUp(int width, int b, int tile) {
        return Math.min(full[b], Math.ceilDiv(width, tile) * tile);
    }

    /** {@code least} and the same share of what each block has beyond it, as large as the budget allows. */
    int[] filled(int[] least, double budget, int tile) {
        if (!(budget > 0 && budget <= 1)) {
            throw new InvalidInputException("budget", "a share above 0 and up to 1", Double.toString(budget),
                    "give 0.6 for 60 %");
        }
        int[] best = null;
        for (int step = 0; step <= FILL_STEPS; step++) {
            int[] widths = new int[full.length];
            for (int b = 0; b < widths.length; b++) {
                int grown = least[b] + (int) ((long) (full[b] - least[b]) * step / FILL_STEPS);
                widths[b] = roundedUp(Math.max(1, grown), b, tile);
            }
            if (share(widths) <= budget) {
                best = widths;
            }
        }
        if (best == null) {
            throw new InvalidInputException("budget",
                    "a share of compute that the blocks can be narrowed to, from " + share(least),
                    Double.toString(budget), "raise it: attention and embeddings are not pruned");
        }
        return best;
    }
}
