package dev.lanewise.models.checkpoint;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Model;
import dev.lanewise.Outputs;
import dev.lanewise.Tensor;
import java.util.List;

/**
 * Multiply-adds of one image's run through a vision transformer that was built from a checkpoint's folder, of which an adaptive one
 * takes fewer for some images than for others. Counted are the patch convolution, projections and feed-forward blocks (linear layers,
 * or of each token's learners the two products), the products of queries with keys and of attention with values, gates (folded into one
 * product each), the class token's query and scores in blocks that sample, and all heads that run, each at the widths of the whole model.
 * Not counted are biases, norms, softmax, activations, sums and the choice of tokens.
 */
public final class Spending {
    /** The property of models whose spending is known. */
    public static final String PROPERTY = "lanewise.sizes";

    private final Sizes sizes;

    private Spending(Sizes sizes) {
        this.sizes = sizes;
    }

    /**
     * @throws InvalidInputException where the model is not a vision transformer of a checkpoint's folder
     */
    public static Spending of(Model model) {
        return new Spending(Sizes.of(model));
    }

    /** Of sample {@code sample} of the batch that gave these outputs. */
    public double multiplyAdds(Outputs outputs, int sample) {
        boolean gated = sizes.learners() > 0 && sizes.fixed() == 0;
        Tensor learners = gated ? outputs.get("learners") : null;
        Tensor kept = sizes.sampling().isEmpty() ? null : outputs.get("tokens");
        int layers = sizes.leave() ? (int) outputs.get("layers").longs()[sample] : sizes.layers();
        return count(layers, kept, (module, tokens) -> gated ? chosen(learners, module, sample)
                : (double) sizes.fixed() * tokens);
    }

    /** With all learners, tokens and layers. */
    public double full() {
        return count(sizes.layers(), null, (module, tokens) -> (double) sizes.learners() * tokens);
    }

    /** Of a model whose feed-forward blocks all run at these widths. */
    public double full(List<Integer> widths) {
        return new Spending(sizes.at(widths)).full();
    }

    /** Tokens of an image, class token included. */
    public int tokens() {
        return sizes.tokens();
    }

    /** Weights of the layers that are counted. */
    public long parameters() {
        long size = sizes.size();
        long sum = size * sizes.patch() + (1 + sizes.exits().size()) * size * sizes.classes();
        for (int width : sizes.widths()) {
            sum += 2 * size * width;
        }
        int gates = sizes.choices().stream().mapToInt(c -> c).sum();
        return sum + sizes.layers() * (sizes.learners() == 0 ? 4 * size * size : gates * size);
    }

    private static double chosen(Tensor learners, int module, int sample) {
        int tokens = learners.dim(2);
        int at = (module * learners.dim(1) + sample) * tokens;
        double sum = 0;
        for (int t = at; t < at + tokens; t++) {
            sum += learners.ints()[t];
        }
        return sum;
    }

    /** Learners that a module runs, summed over so many tokens. */
    private interface Learners {
        double of(int module, int tokens);
    }

    private double count(int layers, Tensor kept, Learners learners) {
        double size = sizes.size();
        int tokens = sizes.tokens();
        double sum = (tokens - 1) * size * sizes.patch();
        int heads = 1;
        for (int i = 0; i < layers; i++) {
            int sampling = sizes.sampling().indexOf(i);
            int before = tokens;
            tokens = sampling < 0 || kept == null ? tokens : (int) kept.longs()[sampling];
            // queries with keys, attention with values
            sum += 2 * size * tokens * before;
            sum += sizes.learners() == 0 ? linear(i, before, tokens) : modules(i, before, tokens, learners);
            if (sampling >= 0) {
                sum += before * size
                        + (sizes.learners() == 0 ? size * size : learners.of(PARTS * i, 1) * share(PARTS * i));
            }
            heads += sizes.exits().contains(i) && i < sizes.layers() - 1 ? 1 : 0;
        }
        // a sample that left ran the heads up to there alone
        heads -= layers < sizes.layers() ? 1 : 0;
        return sum + heads * size * sizes.classes();
    }

    private double linear(int layer, int before, int tokens) {
        double size = sizes.size();
        return 2 * size * size * (before + tokens) + 2 * size * sizes.widths().get(layer) * tokens;
    }

    private static final int PARTS = Modules.PARTS.size();

    /** Multiply-adds of one token and learner of a module. */
    private double share(int module) {
        return 2.0 * sizes.size() * sizes.widths().get(module) / sizes.learners();
    }

    private double modules(int layer, int before, int tokens, Learners learners) {
        double sum = 0;
        for (int p = 0; p < PARTS; p++) {
            boolean all = Modules.PARTS.get(p).equals("k_proj") || Modules.PARTS.get(p).equals("v_proj");
            int rows = all ? before : tokens;
            int module = PARTS * layer + p;
            sum += learners.of(module, rows) * share(module);
            sum += sizes.fixed() > 0 ? 0 : (double) rows * sizes.size() * sizes.choices().get(p);
        }
        return sum;
    }
}
