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
            if (v.producer() == null || !isProjection(v.producer()) || uses.get(v).size() != 1
                    || !v.fact().shape()[2].equals(node.input(0).fact().shape()[2])) {
                return null;
            }
            projections.add(v.producer());
        }
        Node first = projections.getFirst();
        if (!projections.stream()
                .allMatch(p -> p.operator().equals(first.operator()) && p.input(0) == first.input(0))) {
            return null;
        }
        Value packed = Linear.joined(projections).output();
        List<Value> attention = new ArrayList<>(List.of(packed));
        if (a.masked()) {
            attention.add(node.input(a.maskAt()));
        }
        var op = new MultiHeadAttention(a.heads(), a.scale(), true, a.masked());
        return Patch.replace(node.output(),
                Node.of(node.name(), op, attention, List.of(node.output().name())).output());
    }

    private static boolean isProjection(Node n) {
        return n.operator() instanceof Linear l && l.parts() == 1 && l.bias() && l.activation() == null
                && !l.residual();
    }
}
