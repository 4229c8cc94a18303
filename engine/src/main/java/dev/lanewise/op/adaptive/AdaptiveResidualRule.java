package dev.lanewise.op.adaptive;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Patch;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.Value;
import dev.lanewise.op.Pattern;
import dev.lanewise.op.elementwise.Binary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A sum of an adaptive computation module that nothing else reads and a value of the same shape becomes part of the module. */
public final class AdaptiveResidualRule implements Rule {
    @Override
    public Patch match(Node node, Map<Value, List<Node>> uses) {
        for (int side = 0; side < 2 && Pattern.isBinary(node, Binary.Function.ADD); side++) {
            Node module = node.input(side).producer();
            Value added = node.input(1 - side);
            if (module != null && module.operator() instanceof AdaptiveComputation a && !a.residual()
                    && uses.get(module.output()).size() == 1 && added.fact().hasShape()
                    && Arrays.equals(added.fact().shape(), module.output().fact().shape())) {
                List<Value> inputs = new ArrayList<>(module.inputs());
                inputs.add(added);
                return Patch.replace(node.output(), Node.of(module.name(), a.withResidual(), inputs,
                        List.of(node.output().name())).output());
            }
        }
        return null;
    }
}
