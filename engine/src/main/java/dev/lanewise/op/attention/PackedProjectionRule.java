package dev.lanewise.op.attention;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Patch;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.Value;
import dev.lanewise.op.linear.Linear;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Self-attention whose q, k and v are linear layers of the same x and width: one projection with three parts. */
public final class PackedProjectionRule implements Rule {
    @Override
    public Patch match(Node node, Map<Value, List<Node>> uses) {
        if (!(node.operator() instanceof MultiHeadAttention a) || a.packed()) {
            return null;
        }
        List<Node> projections = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Value v = node.input(i);
            if (v.producer() == null || !v.producer().operator().equals(new Linear(1, true, null, false))
                    || uses.get(v).size() != 1 || v.producer().input(0) != node.input(0).producer().input(0)
                    || !v.fact().shape()[2].equals(node.input(0).fact().shape()[2])) {
                return null;
            }
            projections.add(v.producer());
        }
        List<Value> inputs = new ArrayList<>(List.of(projections.getFirst().input(0)));
        projections.forEach(p -> inputs.add(p.input(1)));
        projections.forEach(p -> inputs.add(p.input(2)));
        Value packed =
                Node.of(projections.getFirst().name(), new Linear(3, true, null, false), inputs, List.of()).output();
        List<Value> attention = new ArrayList<>(List.of(packed));
        if (a.masked()) {
            attention.add(node.input(a.maskAt()));
        }
        var op = new MultiHeadAttention(a.heads(), a.scale(), true, a.masked());
        return Patch.replace(node.output(),
                Node.of(node.name(), op, attention, List.of(node.output().name())).output());
    }
}
