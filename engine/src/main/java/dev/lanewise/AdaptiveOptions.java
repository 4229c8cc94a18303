package dev.lanewise;

/**
 * How a model that adapts its computation to its inputs is loaded. Values other than the defaults need a model that has what they
 * set: another one is refused.
 *
 * @param learners of every adaptive computation module and token; 0 for what the gates choose
 * @param tokens kept beside the class token by each block that samples tokens, at most; 0 for as many as the model says
 * @param exits whether samples that an early head is sure of leave the batch there; a further input {@code exit_threshold} says
 *        how sure it has to be
 */
public record AdaptiveOptions(int learners, int tokens, boolean exits) {
    public AdaptiveOptions {
        if (learners < 0 || tokens < 0 || tokens == 1) {
            throw new InvalidInputException("adaptive", "0 or more learners, and 0 or 2 or more tokens",
                    learners + " and " + tokens, "correct the number, or give 0 for what the model chooses");
        }
    }

    public static AdaptiveOptions defaults() {
        return new AdaptiveOptions(0, 0, false);
    }

    /**
     * Fails where something is set that a model does not have.
     *
     * @throws InvalidInputException naming what is set, and the model
     */
    public void check(String model, boolean hasLearners, boolean hasTokens, boolean hasExits) {
        check(learners == 0 || hasLearners, "learners", "adaptive computation modules", model);
        check(tokens == 0 || hasTokens, "tokens", "blocks that sample tokens", model);
        check(!exits || hasExits, "exits", "early exits", model);
    }

    private static void check(boolean fits, String option, String expected, String model) {
        if (!fits) {
            throw new InvalidInputException("adaptive." + option, "a model with " + expected,
                    LanewiseException.printable(model) + ", which has none",
                    "leave the option as it is by default, or load a checkpoint's folder that has them");
        }
    }
}
