package dev.lanewise.models.checkpoint;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.adaptive.ExitGate;
import dev.lanewise.op.adaptive.KeepRows;
import dev.lanewise.op.adaptive.MergeExits;
import dev.lanewise.op.shape.Gather;
import java.util.ArrayList;
import java.util.List;

/**
 * The outputs of a model with heads behind some layers. Either each head is an output, {@code logits.0} and so on before
 * {@code logits}; or samples leave the batch at the first head that is sure of them: input {@code exit_threshold}, FLOAT {@code [1]}, is
 * the softmax probability from which on one is, above 1 for never; outputs are {@code logits [batch, classes]} and {@code layers}, INT64
 * {@code [batch]}: how many layers each sample took.
 */
final class Heads {
    private final int layers;
    private final Value threshold;
    private final List<Value> merged = new ArrayList<>();
    private final List<Long> taken = new ArrayList<>();
    private final List<Value> outputs = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    /** @param layers of the model where samples leave; 0 where they stay */
    Heads(int layers) {
        this.layers = layers;
        threshold = layers == 0 ? null : Value.input("exit_threshold", Fact.of(DataType.FLOAT, Dim.ONE));
    }

    /** Takes the logits of a head behind layer {@code layer}; what goes on of x {@code [batch, tokens, size]}. */
    Value early(int layer, Value x, Value logits) {
        if (layers == 0) {
            further("logits." + outputs.size(), logits);
            return x;
        }
        Dim active = Dim.symbol("samples behind layer " + layer);
        Value rows = Layers.node("exit." + layer,
                new ExitGate(ExitGate.Confidence.HIGHEST_PROBABILITY, active), logits, threshold);
        merged.add(logits);
        merged.add(rows);
        taken.add(layer + 1L);
        return Layers.node("exit." + layer + ".others", new KeepRows(0, active), x, rows);
    }

    /** Takes the logits of the last head. */
    void last(Value logits) {
        if (layers == 0) {
            further("logits", logits);
            return;
        }
        merged.add(logits);
        taken.add((long) layers);
        List<Value> all =
                Node.of("exits", new MergeExits(taken.size() - 1), merged, List.of("logits", "exit")).outputs();
        further("logits", all.get(0));
        Value table = Value.constant("exits.layers",
                Tensor.of(taken.stream().mapToLong(Long::longValue).toArray(), taken.size()));
        further("layers", Layers.node("layers", new Gather(0), table, all.get(1)));
    }

    /** One more output, where it is not null. */
    void further(String name, Value output) {
        if (output != null) {
            names.add(name);
            outputs.add(output);
        }
    }

    Graph graph(Value images) {
        return Graph.of(threshold == null ? List.of(images) : List.of(images, threshold), outputs, names);
    }
}
