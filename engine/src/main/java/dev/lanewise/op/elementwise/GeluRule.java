package dev.lanewise.op.elementwise;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Patch;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.Value;
import dev.lanewise.op.Pattern;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * Recognises GELU written out: a product of x, 0.5 and {@code 1 + erf(x / sqrt 2)} or {@code 1 + tanh(sqrt(2/pi) (x + 0.044715
 * x³))}, whatever the order of the factors.
 */
public final class GeluRule implements Rule {
    private static final float SQRT_2 = (float) Math.sqrt(2);
    private static final float SQRT_2_OVER_PI = (float) Math.sqrt(2 / Math.PI);
    private static final float CUBIC = 0.044715f;

    @Override
    public Patch match(Node node, Map<Value, List<Node>> uses) {
        if (!Pattern.isBinary(node, Binary.Function.MUL)) {
            return null;
        }
        List<Value> factors = factors(node, uses);
        if (factors.size() != 3 || !factors.removeIf(v -> Pattern.isScalar(v, 0.5f))) {
            return null;
        }
        for (int side = 0; side < 2 && factors.size() == 2; side++) {
            Value x = factors.get(side);
            Node gate = factors.get(1 - side).producer();
            Boolean tanh = gate(gate, x);
            if (tanh != null) {
                return Patch.replace(node.output(),
                        Node.of(node.name(), new Gelu(tanh), List.of(x), List.of(node.output().name())).output());
            }
        }
        return null;
    }

    /** The factors of a product of products; an inner product must have no other reader. */
    private static List<Value> factors(Node root, Map<Value, List<Node>> uses) {
        List<Value> found = new ArrayList<>();
        Deque<Value> open = new ArrayDeque<>(root.inputs());
        while (!open.isEmpty() && found.size() <= 3) {
            Value v = open.pop();
            Node n = v.producer();
            if (Pattern.isBinary(n, Binary.Function.MUL) && uses.get(v).size() == 1) {
                n.inputs().forEach(open::push);
            } else {
                found.add(v);
            }
        }
        return found;
    }

    /** Whether the gate over x is the erf form (false), the tanh form (true) or neither (null). */
    private static Boolean gate(Node gate, Value x) {
        if (!Pattern.isBinary(gate, Binary.Function.ADD)) {
            return null;
        }
        for (int side = 0; side < 2; side++) {
            Node inner = gate.input(side).producer();
            if (!Pattern.isScalar(gate.input(1 - side), 1f) || inner == null) {
                continue;
            }
            if (Pattern.isUnary(inner, Unary.Function.ERF) && isScaled(inner.input(0), x, 1 / SQRT_2)) {
                return false;
            }
            if (Pattern.isUnary(inner, Unary.Function.TANH) && isTanhArgument(inner.input(0), x)) {
                return true;
            }
        }
        return null;
    }

    /** {@code v = x * factor}, also written as a division. */
    private static boolean isScaled(Value v, Value x, float factor) {
        Node n = v.producer();
        if (Pattern.isBinary(n, Binary.Function.DIV)) {
            return n.input(0) == x && Pattern.isScalar(n.input(1), 1 / factor);
        }
        return Pattern.isBinary(n, Binary.Function.MUL) && (n.input(0) == x && Pattern.isScalar(n.input(1), factor)
                || n.input(1) == x && Pattern.isScalar(n.input(0), factor));
    }

    private static boolean isTanhArgument(Value v, Value x) {
        Node n = v.producer();
        for (int side = 0; side < 2 && Pattern.isBinary(n, Binary.Function.MUL); side++) {
            Node sum = n.input(side).producer();
            if (Pattern.isScalar(n.input(1 - side), SQRT_2_OVER_PI) && Pattern.isBinary(sum, Binary.Function.ADD)) {
                return sum.input(0) == x && isCubic(sum.input(1), x) || sum.input(1) == x && isCubic(sum.input(0), x);
            }
        }
        return false;
    }

    private static boolean isCubic(Value v, Value x) {
        Node n = v.producer();
        for (int side = 0; side < 2 && Pattern.isBinary(n, Binary.Function.MUL); side++) {
            if (Pattern.isScalar(n.input(1 - side), CUBIC)) {
                return isCube(n.input(side).producer(), x);
            }
        }
        return false;
    }

    private static boolean isCube(Node n, Value x) {
        if (Pattern.isBinary(n, Binary.Function.POW)) {
            return n.input(0) == x && Pattern.isScalar(n.input(1), 3f);
        }
        for (int side = 0; side < 2 && Pattern.isBinary(n, Binary.Function.MUL); side++) {
            Node square = n.input(side).producer();
            if (n.input(1 - side) == x && Pattern.isBinary(square, Binary.Function.MUL)) {
                return square.input(0) == x && square.input(1) == x;
            }
        }
        return false;
    }
}
