package dev.lanewise.loaders.onnx;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Nesting;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Cast;
import dev.lanewise.op.linear.MatMul;
import dev.lanewise.op.reduce.Softmax;
import dev.lanewise.op.shape.Expand;
import dev.lanewise.op.shape.Reshape;
import dev.lanewise.op.shape.Transpose;
import dev.lanewise.op.shape.Unsqueeze;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Importers of operators that the standard has on trial. */
final class PreviewImports {
    static final String DOMAIN = "ai.onnx.preview";
    private static final Set<String> KNOWN = Set.of("scale", "score_mod", "prob_mod");

    private PreviewImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "FlexAttention" -> PreviewImports::attention;
            default -> null;
        };
    }

    /** Attention whose scores and probabilities are changed by graphs, which are put in their place. */
    private static List<Value> attention(OnnxNode n) {
        n.attributes().stream().filter(a -> !KNOWN.contains(a)).findFirst().ifPresent(a -> {
            throw n.unsupported("with " + a);
        });
        Value query = n.required(0);
        int heads = size(n, query, 1);
        int width = size(n, query, 3);
        Value key = repeated(n, n.required(1), heads);
        Value value = repeated(n, n.required(2), heads);
        float scale = n.has("scale") ? n.real("scale", 1) : (float) (1 / Math.sqrt(width));
        Value factor = n.intermediate(new Cast(query.fact().type()), n.constant(Tensor.scalar(scale)));
        Value scores = n.intermediate(new Binary(Binary.Function.MUL), n.intermediate(new MatMul(), query,
                n.intermediate(new Transpose(List.of(0, 1, 3, 2)), key)), factor);
        Value probabilities = n.intermediate(new Softmax(-1), changed(n, "score_mod", scores));
        return n.node(new MatMul(), changed(n, "prob_mod", probabilities), value);
    }

    private static int size(OnnxNode n, Value v, int axis) {
        Fact f = v.fact();
        if (!f.hasShape() || f.rank() != 4 || !f.shape()[axis].isConstant() || f.shape()[axis].value() < 1) {
            throw n.unsupported("with heads of unknown number or size");
        }
        return Math.toIntExact(f.shape()[axis].value());
    }

    /** Each head as often as there are heads of the query for it. */
    private static Value repeated(OnnxNode n, Value v, int heads) {
        int own = size(n, v, 1);
        if (own == heads) {
            return v;
        }
        if (heads % own != 0) {
            throw n.error("heads that are a multiple of the key's " + own, Integer.toString(heads), "correct them");
        }
        Value apart = n.intermediate(new Unsqueeze(), v, n.constant(Tensor.of(new long[] {2}, 1)));
        Value all = n.intermediate(new Expand(), apart,
                n.constant(Tensor.of(new long[] {1, 1, heads / own, 1, 1}, 5)));
        return n.intermediate(new Reshape(false), all,
                n.constant(Tensor.of(new long[] {0, heads, -1, size(n, v, 3)}, 4)));
    }

    private static Value changed(OnnxNode n, String attribute, Value value) {
        if (!n.has(attribute)) {
            return value;
        }
        Subgraphs change = n.graphs(false, List.of(value.fact()), attribute);
        List<Value> inputs = new ArrayList<>(List.of(value));
        inputs.addAll(change.captures());
        List<Value> outputs = Nesting.inlined(change.graphs().getFirst(), inputs);
        if (outputs.size() != 1) {
            throw n.error("one output of " + attribute, Integer.toString(outputs.size()), "correct the graph");
        }
        return outputs.getFirst();
    }
}
