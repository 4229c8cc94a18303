package dev.lanewise.loaders.onnx;

import dev.lanewise.graph.Value;
import dev.lanewise.op.attention.Attention;
import dev.lanewise.op.attention.LinearAttention;
import dev.lanewise.op.attention.RotaryEmbedding;
import dev.lanewise.op.attention.TensorScatter;
import java.util.List;
import java.util.Locale;

/** Importers of the attention operators. */
final class AttentionImports {
    /** Number of the type DOUBLE in the standard's list of element types. */
    private static final int DOUBLE = 11;

    private AttentionImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "Attention" -> AttentionImports::attention;
            case "RotaryEmbedding" -> n -> n.node(new RotaryEmbedding(Math.toIntExact(n.integer("num_heads", 0)),
                    Math.toIntExact(n.integer("rotary_embedding_dim", 0)), n.integer("interleaved", 0) != 0));
            case "LinearAttention" -> n -> n.node(new LinearAttention(Math.toIntExact(n.requiredInteger("q_num_heads")),
                    Math.toIntExact(n.requiredInteger("kv_num_heads")),
                    LinearAttention.Rule.valueOf(ShapeImports.choice(n, "update_rule", "gated_delta", "linear",
                            "gated", "delta", "gated_delta").toUpperCase(Locale.ROOT)),
                    n.real("scale", 0)));
            case "TensorScatter" -> n -> n.node(new TensorScatter(Math.toIntExact(n.integer("axis", -2)), circular(n)));
            default -> null;
        };
    }

    /** Softmax runs in FLOAT, which is at least the precision of the supported types. */
    private static List<Value> attention(OnnxNode n) {
        if (n.integer("softmax_precision", 0) == DOUBLE) {
            throw n.unsupported("softmax_precision=DOUBLE");
        }
        long mode = n.integer("qk_matmul_output_mode", 0);
        Attention.Scores[] modes = Attention.Scores.values();
        if (mode < 0 || mode >= modes.length) {
            throw n.error("qk_matmul_output_mode in [0, 3]", Long.toString(mode), "correct the mode");
        }
        return n.node(new Attention(n.integer("is_causal", 0) != 0, Math.toIntExact(n.integer("q_num_heads", 0)),
                Math.toIntExact(n.integer("kv_num_heads", 0)), n.real("scale", Float.NaN), n.real("softcap", 0),
                modes[(int) mode]));
    }

    private static boolean circular(OnnxNode n) {
        return switch (n.text("mode", "linear")) {
            case "linear" -> false;
            case "circular" -> true;
            default -> throw n.error("mode of linear or circular", n.text("mode", ""), "correct mode");
        };
    }
}
