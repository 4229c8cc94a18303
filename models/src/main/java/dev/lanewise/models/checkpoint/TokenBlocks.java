package dev.lanewise.models.checkpoint;

import java.util.List;

/**
 * What {@code token_sampling} of a configuration says about blocks that keep only some tokens of an image (arXiv 2111.15667).
 *
 * @param layers whose attention samples, from 0, rising
 * @param points of the grid: the most tokens that are kept beside the class token
 * @param epsilon of the attention that scores tokens
 */
record TokenBlocks(List<Integer> layers, int points, float epsilon) {
    private static final int MOST = 1 << 20;

    /** Null where the configuration names none. */
    static TokenBlocks of(Config config, int layers) {
        Config sampling = config.part("token_sampling");
        if (sampling == null) {
            return null;
        }
        List<Integer> blocks = sampling.layers("blocks", layers - 1);
        if (blocks.isEmpty()) {
            throw sampling.get("blocks").error("1 or more layers", "none");
        }
        sampling.oneOf("score", "class attention times norm of v over all heads");
        sampling.oneOf("grid", "official");
        // one point less than tokens, and 2 points or more
        int points = sampling.get("reference_tokens").integer(3, MOST) - 1;
        TokenBlocks found = new TokenBlocks(blocks, points, sampling.positive("softmax_epsilon"));
        sampling.checkAllRead();
        return found;
    }
}
