package dev.lanewise.models.checkpoint;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Model;
import dev.lanewise.Outputs;

/**
 * Multiply-adds of one sample's run through a transformer that was built from a checkpoint's folder, of which an adaptive one takes
 * fewer for some samples than for others.
 */
// REQUEST from the CLI's author (remove this comment when done): count linear layers only (as Elastic.multiplyAdds does: no attention
// products, no norms), gates included; and these further methods: int tokens() tokens of a whole sample; int points() grid points that
// the checkpoint says for token sampling (0 without); long parameters() weights of linear layers that a run reads with everything on.
// Also please put property "lanewise.norm" (layer|unified) into Backbone.properties().
public final class Spending {
    private Spending() {
    }

    /**
     * @throws InvalidInputException where the model does not say its sizes
     */
    public static Spending of(Model model) {
        throw new UnsupportedOperationException();
    }

    /** Of sample {@code sample} of the batch that gave these outputs. */
    public double multiplyAdds(Outputs outputs, int sample) {
        throw new UnsupportedOperationException();
    }

    /** With all learners, tokens and layers. */
    public double full() {
        throw new UnsupportedOperationException();
    }
}
