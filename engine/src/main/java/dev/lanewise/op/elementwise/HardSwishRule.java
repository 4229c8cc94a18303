package dev.lanewise.op.elementwise;

import dev.lanewise.DataType;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Patch;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.Value;
import dev.lanewise.op.Pattern;
import java.util.List;
import java.util.Map;

/**
 * Hard swish written out, {@code x * clip(x + 3, 0, 6) / 6}, as one function of x. Exporters divide (or multiply by a sixth) the gate,
 * the product or x, and write the gate as Clip or as HardSigmoid, which has the sixth in it.
 */
public final class HardSwishRule implements Rule {
    private static final float SIXTH = 1 / 6f;

    @Override
    public Patch match(Node node, Map<Value, List<Node>> uses) {
        if (node.outputs().size() != 1 || node.output().fact().type() != DataType.FLOAT) {
            return null;
        }
        Scaled product = Scaled.of(node.output(), null);
        Node mul = product.value.producer();
        if (!Pattern.isBinary(mul, Binary.Function.MUL) || mul != node && uses.get(product.value).size() != 1) {
            return null;
        }
        for (int side = 0; side < 2; side++) {
            Scaled gate = Scaled.of(mul.input(side), uses);
            Value other = mul.input(1 - side);
            for (Scaled x : List.of(new Scaled(other, 1), Scaled.of(other, uses))) {
                if (isGate(gate.value, x.value, product.factor * gate.factor * x.factor)
                        && uses.get(gate.value).size() == 1) {
                    Value y = Node.of(node.name(), new Unary(Unary.Function.HARD_SWISH), List.of(x.value),
                            List.of(node.output().name())).output();
                    return Patch.replace(node.output(), y);
                }
            }
        }
        return null;
    }

    private static boolean isGate(Value gate, Value x, float factor) {
        Node n = gate.producer();
        if (n == null) {
            return false;
        }
        return switch (n.operator()) {
            case Activation(Activation.Function f, float alpha, float beta) -> f == Activation.Function.HARD_SIGMOID
                    && isAbout(alpha, SIXTH) && beta == 0.5f && isAbout(factor, 1) && n.input(0) == x;
            case Clip() -> isAbout(factor, SIXTH) && Pattern.isScalar(n.input(1), 0) && Pattern.isScalar(n.input(2), 6)
                    && isShifted(n.input(0).producer(), x);
            default -> false;
        };
    }

    private static boolean isShifted(Node sum, Value x) {
        return Pattern.isBinary(sum, Binary.Function.ADD)
                && (sum.input(0) == x && Pattern.isScalar(sum.input(1), 3)
                        || sum.input(1) == x && Pattern.isScalar(sum.input(0), 3));
    }

    private static boolean isAbout(float found, float wanted) {
        return Math.abs(found - wanted) <= 1e-6f * wanted;
    }

    /** A value times a constant. */
    private record Scaled(Value value, float factor) {
        /** The value without the factor that it is multiplied by or divided by, if it has one, and {@code uses}, if given, tells of no other reader. */
        static Scaled of(Value v, Map<Value, List<Node>> uses) {
            Node n = v.producer();
            boolean read = uses == null || uses.get(v).size() == 1;
            boolean divided = Pattern.isBinary(n, Binary.Function.DIV);
            if (read && (divided || Pattern.isBinary(n, Binary.Function.MUL))) {
                Float right = Pattern.scalar(n.input(1));
                if (right != null) {
                    return new Scaled(n.input(0), divided ? 1 / right : right);
                }
                Float left = divided ? null : Pattern.scalar(n.input(0));
                if (left != null) {
                    return new Scaled(n.input(1), left);
                }
            }
            return new Scaled(v, 1);
        }
    }
}
