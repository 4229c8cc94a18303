package dev.lanewise.models.checkpoint;

import dev.lanewise.kernel.UnaryFunction;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code acm} of a configuration says about the adaptive computation modules in place of each layer's projections and
 * feed-forward block (arXiv 2312.10193).
 *
 * @param learners of each module
 * @param least learners of a token by the part of the layer, 0 or 1
 * @param projection function between the products of a projection; null for none
 * @param feedForward the same of a feed-forward block
 * @param skipLast as the released code runs: the highest number in a batch is one learner less
 */
record Modules(int learners, Map<String, Integer> least, UnaryFunction projection, UnaryFunction feedForward,
        boolean skipLast) {
    static final String FEED_FORWARD = "mlp";
    /** The parts of a layer in the order in which they compute. */
    static final List<String> PARTS = List.of("q_proj", "k_proj", "v_proj", "o_proj", FEED_FORWARD);
    private static final int MOST = 1 << 10;

    /** Null where the configuration names none. */
    static Modules of(Config config) {
        Config acm = config.part("acm");
        if (acm == null) {
            return null;
        }
        int learners = acm.get("learners").integer(1, MOST);
        Config named = acm.needed("least_learners");
        Map<String, Integer> least = new LinkedHashMap<>();
        for (String part : PARTS) {
            least.put(part, named.get(part).integer(0, 1));
        }
        named.checkAllRead();
        acm.oneOf("bias", "hidden_only");
        Config functions = acm.needed("activations");
        Modules modules = new Modules(learners, least, function(functions, "projections"),
                function(functions, FEED_FORWARD), acm.get("compat_skip_last").bool(false));
        functions.checkAllRead();
        if (!acm.get("budget").isNull()) {
            // what the gates were trained for, of no concern to a run
            acm.get("budget").number(0, 1);
        }
        acm.checkAllRead();
        return modules;
    }

    private static UnaryFunction function(Config functions, String key) {
        return switch (functions.oneOf(key, "identity", "gelu", "gelu_tanh", "relu")) {
            case "gelu" -> UnaryFunction.GELU;
            case "gelu_tanh" -> UnaryFunction.GELU_TANH;
            case "relu" -> UnaryFunction.RELU;
            default -> null;
        };
    }

    UnaryFunction function(String part) {
        return part.equals(FEED_FORWARD) ? feedForward : projection;
    }

    /** Outputs of a part's gate. */
    int choices(String part) {
        return learners + 1 - least.get(part);
    }
}
