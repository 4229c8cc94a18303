package dev.lanewise.op.elementwise;

import dev.lanewise.DataType;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Patch;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.Value;
import dev.lanewise.op.Pattern;
import java.util.List;
import java.util.Map;

/** {@code x * sigmoid(x)}, as exporters write SiLU, as one function of x. */
public final class SiluRule implements Rule {
    @Override
    public Patch match(Node node, Map<Value, List<Node>> uses) {
        if (!Pattern.isBinary(node, Binary.Function.MUL) || node.output().fact().type() != DataType.FLOAT) {
            return null;
        }
        for (int side = 0; side < 2; side++) {
            Value x = node.input(1 - side);
            Node sigmoid = node.input(side).producer();
            if (Pattern.isUnary(sigmoid, Unary.Function.SIGMOID) && sigmoid.input(0) == x
                    && uses.get(sigmoid.output()).size() == 1) {
                return Patch.replace(node.output(), Node.of(node.name(), new Unary(Unary.Function.SILU), List.of(x),
                        List.of(node.output().name())).output());
            }
        }
        return null;
    }
}
