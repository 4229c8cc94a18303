package dev.lanewise.elastic;

import dev.lanewise.InvalidInputException;

/** What a submodel may cost at most. */
public sealed interface Budget {
    /** Share of the multiply-adds that the whole model's linear layers take for a token, above 0. */
    record Compute(double share) implements Budget {
        public Compute {
            if (!(share > 0)) {
                throw new InvalidInputException("budget", "a share above 0", Double.toString(share),
                        "give 0.6 for 60 %");
            }
        }
    }

    /** Number of weights that a run may read. */
    record Parameters(long count) implements Budget {
    }

    static Budget compute(double share) {
        return new Compute(share);
    }

    static Budget parameters(long count) {
        return new Parameters(count);
    }
}
