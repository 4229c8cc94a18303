package dev.lanewise.elastic;

import dev.lanewise.InvalidInputException;
import java.time.Duration;

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

    /** Time of a run on this machine, which a {@link LatencyTable} knows. */
    record Latency(Duration limit) implements Budget {
        public Latency {
            if (!limit.isPositive()) {
                throw new InvalidInputException("budget", "a time above 0", limit.toString(), "give more time");
            }
        }
    }

    static Budget compute(double share) {
        return new Compute(share);
    }

    static Budget parameters(long count) {
        return new Parameters(count);
    }

    static Budget latency(Duration limit) {
        return new Latency(limit);
    }
}
