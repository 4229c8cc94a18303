package dev.lanewise.quant.prune;

import dev.lanewise.InvalidInputException;
import dev.lanewise.LanewiseException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model with its neurons in another order, or with fewer of them.
 *
 * @param graph the model
 * @param constants what has changed, by the names of the original model's constants
 */
public record Selection(Graph graph, Map<String, Tensor> constants) {
    /** Keeps the first neurons of an order, in this order: all of them where the widths are the blocks' own. */
    static Selection of(Graph graph, List<FeedForwardBlock> blocks, int[][] order, int[] widths) {
        Map<Value, Tensor> changed = new IdentityHashMap<>();
        for (int b = 0; b < blocks.size(); b++) {
            FeedForwardBlock block = blocks.get(b);
            if (widths[b] < 1 || widths[b] > block.width()) {
                throw new InvalidInputException("widths", "1 to " + block.width() + " neurons of block " + b,
                        Arrays.toString(widths), "correct the widths");
            }
            int[] kept = Arrays.copyOf(order[b], widths[b]);
            block.neurons().forEach(n -> changed.put(n.constant(), n.select(kept)));
        }
        return of(graph, changed);
    }

    static Selection of(Graph graph, Map<Value, Tensor> changed) {
        Map<Value, Value> replacements = new IdentityHashMap<>();
        Map<String, Tensor> byName = new LinkedHashMap<>();
        changed.forEach((old, renewed) -> {
            replacements.put(old, Value.constant(old.name(), renewed));
            if (byName.put(old.name(), renewed) != null) {
                throw new InvalidInputException("model", "weights with names of their own",
                        "two named '" + LanewiseException.printable(old.name()) + "'", "rename one");
            }
        });
        return new Selection(graph.replace(replacements), byName);
    }
}
