package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Activation;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Gelu;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.linear.MatMul;
import dev.lanewise.op.norm.LayerNormalization;
import dev.lanewise.op.norm.RMSNormalization;
import dev.lanewise.op.reduce.Reduce;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.op.shape.Transpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Importers of the operators in the domain {@code com.microsoft} that an optimiser of transformers writes, but for attention. */
final class ContribImports {
    static final String DOMAIN = "com.microsoft";
    private static final float SKIP_EPSILON = 1e-12f;

    private ContribImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "SkipLayerNormalization" -> ContribImports::skipLayerNormalization;
            case "SkipSimplifiedLayerNormalization" -> ContribImports::skipSimplifiedLayerNormalization;
            case "SimplifiedLayerNormalization" -> ContribImports::simplifiedLayerNormalization;
            case "EmbedLayerNormalization" -> ContribImports::embedLayerNormalization;
            case "BiasGelu" -> n -> gelu(n, false);
            case "FastGelu" -> n -> gelu(n, true);
            case "Gelu" -> n -> n.node(new Gelu(false));
            case "QuickGelu" -> n -> n.node(n.real("alpha", 1.702f) == 1 ? new Unary(Unary.Function.SILU)
                    : new Activation(Activation.Function.SWISH, n.real("alpha", 1.702f), 0));
            case "FusedMatMul", "TransposeMatMul" -> ContribImports::fusedMatMul;
            default -> null;
        };
    }

    private static List<Value> gelu(OnnxNode n, boolean tanh) {
        Compose c = new Compose(n);
        return n.node(new Gelu(tanh), c.plus(c.required(0), n.input(1)));
    }

    private static List<Value> skipLayerNormalization(OnnxNode n) {
        Compose c = new Compose(n);
        Value sum = c.plus(c.add(c.required(0), c.required(1)), n.input(4));
        LayerNormalization norm = new LayerNormalization(-1, n.real("epsilon", SKIP_EPSILON));
        List<Value> outputs = new ArrayList<>(n.intermediates(norm, sum, c.required(2), n.input(3)));
        outputs.add(sum);
        return outputs;
    }

    private static List<Value> skipSimplifiedLayerNormalization(OnnxNode n) {
        Compose c = new Compose(n);
        Value sum = c.plus(c.add(c.required(0), c.required(1)), n.input(3));
        float epsilon = n.real("epsilon", SKIP_EPSILON);
        Value y = c.make(new RMSNormalization(-1, epsilon), sum, c.required(2));
        if (n.outputCount() < 2) {
            return List.of(y);
        }
        Value mean = c.make(new Reduce(Reduce.Function.MEAN, true, false), c.cast(sum, DataType.FLOAT), c.integers(-1));
        return List.of(y, mean, inverseDeviation(c, sum, -1, epsilon), sum);
    }

    /** ONNX Runtime writes it in the standard's own domain, too. */
    private static List<Value> simplifiedLayerNormalization(OnnxNode n) {
        Compose c = new Compose(n);
        int axis = Math.toIntExact(n.integer("axis", -1));
        float epsilon = n.real("epsilon", 1e-5f);
        Value y = c.make(new RMSNormalization(axis, epsilon), c.required(0), c.required(1));
        return n.outputCount() > 1 ? List.of(y, inverseDeviation(c, c.required(0), axis, epsilon)) : List.of(y);
    }

    /** {@code 1 / sqrt(mean of squares + epsilon)} over the axes from {@code axis} on, as FLOAT. */
    private static Value inverseDeviation(Compose c, Value x, int axis, float epsilon) {
        int rank = c.rank(x);
        int from = axis < 0 ? axis + rank : axis;
        if (from < 0 || from >= rank) {
            throw c.node().error("an axis of " + x.fact(), Integer.toString(axis), "correct the axis");
        }
        long[] axes = new long[rank - from];
        Arrays.setAll(axes, i -> from + i);
        Value wide = c.cast(x, DataType.FLOAT);
        Value mean = c.make(new Reduce(Reduce.Function.MEAN, true, false), c.multiply(wide, wide), c.integers(axes));
        Value variance = c.add(mean, c.number(epsilon, DataType.FLOAT));
        return c.unary(Unary.Function.RECIPROCAL, c.unary(Unary.Function.SQRT, variance));
    }

    /**
     * Embeddings of words, positions and segments, summed and normalised. The mask's output is the number of tokens of each
     * sequence, or zeros without a mask.
     */
    private static List<Value> embedLayerNormalization(OnnxNode n) {
        Compose c = new Compose(n);
        Value ids = c.required(0);
        Value positions = n.input(8);
        if (positions == null) {
            positions = new Ranges(c).upTo(c.dimension(ids, 1));
        }
        Value sum = c.add(c.make(new Gather(0), c.required(2), ids), c.make(new Gather(0), c.required(3), positions));
        if ((n.input(1) == null) != (n.input(4) == null)) {
            throw n.error("segments and their embeddings", "one of them", "give both or none");
        }
        if (n.input(1) != null) {
            sum = c.add(sum, c.make(new Gather(0), n.input(4), n.input(1)));
        }
        LayerNormalization norm = new LayerNormalization(-1, n.real("epsilon", SKIP_EPSILON));
        Value y = c.make(norm, sum, c.required(5), c.required(6));
        if (n.outputCount() < 2) {
            return List.of(y);
        }
        Value counted = n.input(7);
        counted = counted == null ? c.multiply(c.cast(ids, DataType.INT32), c.number(0, DataType.INT32)) : counted;
        return List.of(y, c.make(new Reduce(Reduce.Function.SUM, false, false), counted, c.integers(1)), sum);
    }

    private static List<Value> fusedMatMul(OnnxNode n) {
        Compose c = new Compose(n);
        Value a = operand(c, 0, n.integer("transA", 0) != 0, n.integer("transBatchA", 0) != 0);
        Value b = operand(c, 1, n.integer("transB", 0) != 0, n.integer("transBatchB", 0) != 0);
        return List.of(c.scaled(c.make(new MatMul(), a, b), n.real("alpha", 1)));
    }

    /** A batch transposed has the first axis moved before the last one. */
    private static Value operand(Compose c, int i, boolean transposed, boolean batch) {
        Value x = c.required(i);
        if (!transposed && !batch) {
            return x;
        }
        int rank = c.rank(x);
        if (rank < 2) {
            return x;
        }
        List<Integer> order = new ArrayList<>();
        for (int d = 0; d < rank; d++) {
            order.add(d);
        }
        if (batch) {
            order.add(rank - 2, order.removeFirst());
        }
        if (transposed) {
            order.add(rank - 2, order.removeLast());
        }
        return c.make(new Transpose(order), x);
    }

    /** A dimension that must be known when the model is loaded. */
    static int known(OnnxNode n, Dim d, String what) {
        if (!d.isConstant()) {
            throw n.unsupported("with " + what + " that the file does not say");
        }
        return Math.toIntExact(d.value());
    }
}
