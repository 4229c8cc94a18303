package dev.lanewise.models.checkpoint;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Outputs;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.elastic.Submodel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Greedy decoding in which a small size of an elastic language model drafts tokens and the whole model checks them in one run: the
 * drafts that it would have chosen itself stay, and its own choice takes the place of the first other one, or follows the last. What
 * comes out is what the whole model's greedy decoding gives, since what a row of its logits holds does not depend on later tokens.
 * Source: speculative decoding (arXiv 2211.17192) at temperature 0, with a nested submodel as the draft model (MatFormer, arXiv
 * 2310.07707).
 *
 * <p>
 * Nothing is kept from run to run: each reads all tokens so far. So it saves runs of the whole model, and time where drafts are cheap
 * and good.
 *
 * @param session of a model with {@code tokens [batch, length]} and {@code logits [batch, length, vocabulary]}
 * @param draft size that drafts
 * @param drafts tokens to draft before each check, 1 or more
 */
public record SpeculativeDecoding(Session session, Submodel draft, int drafts) {
    public SpeculativeDecoding {
        if (drafts < 1) {
            throw new InvalidInputException("drafts", "1 token or more", Integer.toString(drafts), "draft some");
        }
        session.model().elastic().check(draft);
    }

    /**
     * What was decoded.
     *
     * @param tokens those after the prompt
     * @param accepted how many drafts each run of the whole model has let stay; it has added one token to them
     */
    public record Decoded(List<Long> tokens, List<Integer> accepted) {
        public Decoded {
            tokens = List.copyOf(tokens);
            accepted = List.copyOf(accepted);
        }
    }

    /**
     * Decodes so many tokens after a prompt.
     *
     * @param prompt one token or more
     */
    public Decoded decode(long[] prompt, int count) {
        long[] tokens = started(prompt, count);
        Submodel whole = session.model().elastic().full();
        List<Integer> accepted = new ArrayList<>();
        int length = prompt.length;
        while (length < tokens.length) {
            int drafted = Math.min(drafts, tokens.length - length - 1);
            extend(session, draft, tokens, length, drafted);
            Tensor logits = logits(session, whole, tokens, length + drafted);
            int same = 0;
            while (same < drafted && best(logits, length - 1 + same) == tokens[length + same]) {
                same++;
            }
            tokens[length + same] = best(logits, length - 1 + same);
            accepted.add(same);
            length += same + 1;
        }
        return new Decoded(Arrays.stream(tokens).skip(prompt.length).boxed().toList(), accepted);
    }

    /** The same number of tokens by plain greedy decoding with one size of a model. */
    public static List<Long> greedy(Session session, Submodel submodel, long[] prompt, int count) {
        long[] tokens = started(prompt, count);
        extend(session, submodel, tokens, prompt.length, count);
        return Arrays.stream(tokens).skip(prompt.length).boxed().toList();
    }

    private static long[] started(long[] prompt, int count) {
        if (prompt.length == 0 || count < 0) {
            throw new InvalidInputException("prompt", "a token or more, and 0 or more to follow",
                    prompt.length + " tokens, and " + count, "give a prompt");
        }
        return Arrays.copyOf(prompt, Math.addExact(prompt.length, count));
    }

    /** Sets {@code count} tokens from {@code length} on. */
    private static void extend(Session session, Submodel submodel, long[] tokens, int length, int count) {
        for (int at = length; at < length + count; at++) {
            tokens[at] = best(logits(session, submodel, tokens, at), at - 1);
        }
    }

    /** {@code [1, length, vocabulary]}. */
    private static Tensor logits(Session session, Submodel submodel, long[] tokens, int length) {
        Outputs outputs = session.run(Map.of("tokens", Tensor.of(Arrays.copyOf(tokens, length), 1, length)), submodel);
        return outputs.get("logits");
    }

    /** The token with the highest logit in a row; the first of several that are as high. */
    private static long best(Tensor logits, int row) {
        int vocabulary = logits.dim(2);
        float[] all = logits.floats();
        int best = 0;
        for (int token = 1; token < vocabulary; token++) {
            best = all[row * vocabulary + token] > all[row * vocabulary + best] ? token : best;
        }
        return best;
    }
}
