package dev.lanewise.op.quant;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Patch;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Cast;
import dev.lanewise.op.linear.Linear;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Dynamic quantisation and the integer products that read it, as quantisation tools write a linear layer:
 * {@code Cast(MatMulInteger(y, W, zero, zeroW)) * (scale * scaleW)} with {@code y, scale, zero = DynamicQuantizeLinear(x)}. All
 * products of one x share its quantisation.
 */
public final class DynamicLinearRule implements Rule {
    @Override
    public Patch match(Node node, Map<Value, List<Node>> uses) {
        if (!(node.operator() instanceof DynamicQuantizeLinear)) {
            return null;
        }
        if (!node.input(0).fact().hasShape() || node.input(0).fact().rank() == 0) {
            return null;
        }
        List<Node> products = uses.getOrDefault(node.output(), List.of());
        Node quantized = Node.of(node.name(), new CentredQuantize(), node.input(0));
        Map<Value, Value> replacements = new HashMap<>();
        for (Node product : products) {
            Layer layer = layer(node, product, uses);
            if (layer == null) {
                return null;
            }
            Node linear = Node.of(product.name(), new Linear(Linear.Weights.CENTRED_INT8, 1, false, null, false),
                    List.of(quantized.output(), quantized.outputs().get(1), layer.weights, layer.scale),
                    List.of(layer.result.name()));
            replacements.put(layer.result, linear.output());
        }
        return products.isEmpty() ? null : new Patch(replacements);
    }

    private record Layer(Value weights, Value scale, Value result) {
    }

    private static Layer layer(Node quantize, Node product, Map<Value, List<Node>> uses) {
        if (!(product.operator() instanceof MatMulInteger) || product.input(0) != quantize.output()
                || product.input(2) != quantize.outputs().get(2)) {
            return null;
        }
        Value weights = centred(product.input(1), product.input(3));
        Node cast = onlyUse(product, uses);
        Node scaled = cast == null || !cast.operator().equals(new Cast(DataType.FLOAT)) ? null : onlyUse(cast, uses);
        if (weights == null || scaled == null || !isProduct(scaled)) {
            return null;
        }
        Node scales = other(scaled, cast.output()).producer();
        Value scaleOfX = quantize.outputs().get(1);
        if (scales == null || !isProduct(scales) || !scales.inputs().contains(scaleOfX)) {
            return null;
        }
        Value scale = other(scales, scaleOfX);
        Tensor s = scale.fact().constant();
        boolean fits = s != null && s.type() == DataType.FLOAT && s.rank() <= 1
                && (s.size() == 1 || s.size() == weights.fact().constant().dim(1));
        return fits ? new Layer(weights, scale, scaled.output()) : null;
    }

    private static boolean isProduct(Node n) {
        return n.operator() instanceof Binary(Binary.Function f) && f == Binary.Function.MUL;
    }

    private static Node onlyUse(Node n, Map<Value, List<Node>> uses) {
        List<Node> readers = uses.getOrDefault(n.output(), List.of());
        return readers.size() == 1 ? readers.getFirst() : null;
    }

    private static Value other(Node product, Value one) {
        return product.input(0) == one ? product.input(1) : product.input(0);
    }

    /** Constant weights {@code [k, n]} without their zero point as INT8, or null where they are not, or do not fit. */
    private static Value centred(Value weights, Value zeroPoint) {
        Tensor w = weights.fact().constant();
        Tensor zero = zeroPoint == null ? null : zeroPoint.fact().constant();
        if (w == null || w.rank() != 2 || w.size() == 0 || zeroPoint != null && zero == null) {
            return null;
        }
        int[] values = IntegerProduct.centred(w, zero, false).ints();
        byte[] bytes = new byte[values.length];
        boolean same = w.type() == DataType.INT8;
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
            if (bytes[i] != values[i]) {
                return null;
            }
            same &= bytes[i] == w.bytes()[i];
        }
        return same ? weights : Value.constant(weights.name(), Tensor.of(DataType.INT8, bytes, w.shape()));
    }
}
