package dev.lanewise.op.linear;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Patch;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.op.Pattern;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.shape.Split;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A linear layer whose columns a {@code Split} hands out becomes a layer for each part, as gate and value of a gated feed-forward
 * block that was exported as one matrix. That saves the copy, each part may have its own activation, and a prefix of the hidden
 * neurons is a prefix of each part. For graphs that plans are yet to be made of, so that weights are cut once.
 */
public final class SplitLayerRule implements Rule {
    /** The layer before the split: {@code x W + bias}, or {@code x W^T + bias}; no bias is null. */
    private record Layer(String name, Value x, Value weights, boolean transposed, Value bias) {
        /** What {@code v} is; null where it is no such layer or its parts are read by others too. */
        static Layer of(Value v, Map<Value, List<Node>> uses) {
            Node n = v.producer();
            if (n == null || uses.get(v).size() != 1) {
                return null;
            }
            if (Pattern.isBinary(n, Binary.Function.ADD)) {
                int side = n.input(0).isConstant() ? 1 : 0;
                Layer product = n.input(side).isConstant() ? null : of(n.input(side), uses);
                return product == null || product.bias != null || !isBias(n.input(1 - side), v) ? null
                        : new Layer(product.name, product.x, product.weights, product.transposed, n.input(1 - side));
            }
            if (n.operator() instanceof Gemm g && g.alpha() == 1 && g.beta() == 1 && !g.transposeA()) {
                Value bias = n.inputs().size() > 2 ? n.input(2) : null;
                return !isWeights(n.input(1)) || bias != null && !isBias(bias, v) ? null
                        : new Layer(n.name(), n.input(0), n.input(1), g.transposeB(), bias);
            }
            return n.operator() instanceof MatMul && isWeights(n.input(1))
                    ? new Layer(n.name(), n.input(0), n.input(1), false, null) : null;
        }

        private static boolean isWeights(Value v) {
            Tensor t = v.fact().constant();
            return t != null && t.type() == DataType.FLOAT && t.rank() == 2 && t.size() > 0;
        }

        private static boolean isBias(Value v, Value sum) {
            Tensor t = v.fact().constant();
            Dim[] shape = sum.fact().shape();
            return t != null && t.type() == DataType.FLOAT && t.rank() == 1 && shape[shape.length - 1].is(t.size());
        }

        /** The layer of some columns alone; null where its weights cannot be cut there. */
        Value columns(int first, int count) {
            Tensor w = cut(weights.fact().constant(), transposed, first, count);
            if (w == null) {
                return null;
            }
            String part = name + "/" + first;
            Value y = Node.of(part, new MatMul(), x, Value.constant(part + "/weights", w)).output();
            if (bias == null) {
                return y;
            }
            float[] b = Arrays.copyOfRange(bias.fact().constant().floats(), first, first + count);
            return Node.of(part + "/sum", new Binary(Binary.Function.ADD), y,
                    Value.constant(part + "/bias", Tensor.of(b, count))).output();
        }
    }

    @Override
    public Patch match(Node node, Map<Value, List<Node>> uses) {
        Value whole = node.inputs().isEmpty() ? null : node.input(0);
        if (!(node.operator() instanceof Split split) || !whole.fact().hasShape()
                || split.axis() != -1 && split.axis() != whole.fact().rank() - 1) {
            return null;
        }
        Layer layer = Layer.of(whole, uses);
        Map<Value, Value> parts = new IdentityHashMap<>();
        int first = 0;
        for (Value part : node.outputs()) {
            Dim[] shape = part.fact().shape();
            Dim columns = layer == null || shape == null ? Dim.ZERO : shape[shape.length - 1];
            Value y = columns.isConstant() && columns.value() > 0 ? layer.columns(first, (int) columns.value()) : null;
            if (y == null) {
                return null;
            }
            parts.put(part, y);
            first += (int) columns.value();
        }
        Tensor uncut = layer.weights.fact().constant();
        if (uncut.deferred() != null && EncodedMatrix.of(uncut) == null && uses.get(layer.weights).size() == 1) {
            uncut.deferred().release();
        }
        return new Patch(parts);
    }

    /** Columns of {@code [k, n]}, or rows of {@code [n, k]} as columns. */
    private static Tensor cut(Tensor w, boolean transposed, int first, int count) {
        EncodedMatrix encoded = EncodedMatrix.of(w);
        if (encoded != null) {
            EncodedMatrix cut = (transposed ? encoded.transposed() : encoded).columns(first, count);
            return cut == null ? null : cut.tensor();
        }
        int k = w.dim(transposed ? 1 : 0);
        int n = w.dim(transposed ? 0 : 1);
        float[] from = w.floats();
        float[] to = new float[k * count];
        for (int row = 0; row < k; row++) {
            for (int j = 0; j < count; j++) {
                to[row * count + j] = from[transposed ? (first + j) * k + row : row * n + first + j];
            }
        }
        return Tensor.of(to, k, count).asDeferred();
    }
}
