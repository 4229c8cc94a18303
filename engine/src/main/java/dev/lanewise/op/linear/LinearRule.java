package dev.lanewise.op.linear;

import dev.lanewise.DataType;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Patch;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.op.Pattern;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Gelu;
import dev.lanewise.op.elementwise.Unary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Builds {@link Linear} up from MatMul with constant weights: bias first, then activation, then residual. */
public final class LinearRule {
    private LinearRule() {
    }

    private static boolean isWeight(Value v) {
        return v.isConstant() && v.fact().rank() == 2 && v.fact().constant().size() > 0;
    }

    /** {@code MatMul(x, W) + b}, or a linear layer without a bias and b, in either order. */
    public static final class Bias implements Rule {
        @Override
        public Patch match(Node node, Map<Value, List<Node>> uses) {
            if (!(node.operator() instanceof Binary(Binary.Function f)) || f != Binary.Function.ADD) {
                return null;
            }
            for (int side = 0; side < 2; side++) {
                Node product = node.input(side).producer();
                Value bias = node.input(1 - side);
                Linear layer = product == null ? null : withBias(product);
                if (layer != null && uses.get(product.output()).size() == 1 && isBias(bias, product.output())) {
                    List<Value> inputs = new ArrayList<>(product.inputs());
                    inputs.add(bias);
                    return Patch.replace(node.output(),
                            Node.of(product.name(), layer, inputs, List.of(node.output().name())).output());
                }
            }
            return null;
        }

        private static Linear withBias(Node product) {
            return switch (product.operator()) {
                case MatMul m when isWeight(product.input(1))
                        && product.output().fact().type() == DataType.FLOAT -> new Linear(1, true, null, false);
                case Linear l when l.parts() == 1 && !l.bias() && l.activation() == null && !l.residual() ->
                        l.withBias();
                default -> null;
            };
        }

        private static boolean isBias(Value bias, Value product) {
            Fact f = bias.fact();
            Dim[] shape = product.fact().shape();
            return bias.isConstant() && f.rank() == 1 && shape != null && f.shape()[0].equals(shape[shape.length - 1]);
        }
    }

    /** {@code MatMul(x, W)} without a bias, so that what follows can join. */
    public static final class Product implements Rule {
        @Override
        public Patch match(Node node, Map<Value, List<Node>> uses) {
            return node.operator() instanceof MatMul && isWeight(node.input(1))
                    && node.output().fact().type() == DataType.FLOAT
                            ? Patch.replace(node.output(), Node.of(node.name(), new Linear(1, false, null, false),
                                    node.inputs(), List.of(node.output().name())).output())
                            : null;
        }
    }

    /** An activation that is the only reader of a linear layer without one. */
    public static final class Activation implements Rule {
        @Override
        public Patch match(Node node, Map<Value, List<Node>> uses) {
            UnaryFunction f = switch (node.operator()) {
                case Gelu(boolean tanh) -> tanh ? UnaryFunction.GELU_TANH : UnaryFunction.GELU;
                case Unary(Unary.Function g) -> g.kernel();
                default -> null;
            };
            Node linear = f == null ? null : node.input(0).producer();
            if (linear == null || !(linear.operator() instanceof Linear l) || l.activation() != null || l.residual()
                    || uses.get(linear.output()).size() != 1) {
                return null;
            }
            return Patch.replace(node.output(),
                    Node.of(linear.name(), l.withActivation(f), linear.inputs(),
                            List.of(node.output().name())).output());
        }
    }

    /**
     * A sum of a linear layer that nothing else reads and a value of the same shape, or such a value times a constant for each
     * column.
     */
    public static final class Residual implements Rule {
        @Override
        public Patch match(Node node, Map<Value, List<Node>> uses) {
            if (!(node.operator() instanceof Binary(Binary.Function f)) || f != Binary.Function.ADD) {
                return null;
            }
            for (int side = 0; side < 2; side++) {
                Node linear = node.input(side).producer();
                Value added = node.input(1 - side);
                if (linear != null && linear.operator() instanceof Linear l && !l.residual()
                        && uses.get(linear.output()).size() == 1 && added.fact().hasShape()
                        && Arrays.equals(added.fact().shape(), linear.output().fact().shape())) {
                    List<Value> inputs = new ArrayList<>(linear.inputs());
                    List<Value> factors = factors(added, uses);
                    inputs.addAll(factors == null ? List.of(added) : factors);
                    return Patch.replace(node.output(), Node.of(linear.name(), l.withResidual(factors != null), inputs,
                            List.of(node.output().name())).output());
                }
            }
            return null;
        }

        /** The residual and the scale of its columns where it is a product that nothing else reads, else null. */
        private static List<Value> factors(Value added, Map<Value, List<Node>> uses) {
            Node product = added.producer();
            if (!Pattern.isBinary(product, Binary.Function.MUL) || uses.get(added).size() != 1) {
                return null;
            }
            Dim[] shape = added.fact().shape();
            for (int side = 0; side < 2; side++) {
                Value scale = product.input(1 - side);
                if (scale.isConstant() && scale.fact().rank() == 1
                        && scale.fact().shape()[0].equals(shape[shape.length - 1])
                        && Arrays.equals(product.input(side).fact().shape(), shape)) {
                    return List.of(product.input(side), scale);
                }
            }
            return null;
        }
    }
}
