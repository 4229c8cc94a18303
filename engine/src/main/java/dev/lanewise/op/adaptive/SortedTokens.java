package dev.lanewise.op.adaptive;

import java.util.Arrays;

/**
 * Tokens by falling number of learners, those of one number in their own order: so the tokens that need learner n are the first
 * {@code needing(n)}, for every n at once.
 */
final class SortedTokens {
    private final int learners;
    /** For each n from 0 to N+1 the number of tokens that need learner n or a later one. */
    private final int[] needing;
    private final int[] next;

    SortedTokens(int learners) {
        this.learners = learners;
        this.needing = new int[learners + 2];
        this.next = new int[learners + 1];
    }

    /** All tokens alike. */
    void uniform(int count, int level, int[] order, int orderAt) {
        for (int n = 0; n < needing.length; n++) {
            needing[n] = n <= level ? count : 0;
        }
        for (int t = 0; t < count; t++) {
            order[orderAt + t] = t;
        }
    }

    /** @param order of the tokens, written from {@code orderAt} on */
    void sort(int[] levels, int at, int count, int[] order, int orderAt) {
        Arrays.fill(needing, 0);
        for (int t = 0; t < count; t++) {
            AdaptiveComputation.check(levels[at + t], learners);
            needing[levels[at + t]]++;
        }
        for (int n = learners; n >= 0; n--) {
            next[n] = needing[n + 1];
            needing[n] += needing[n + 1];
        }
        for (int t = 0; t < count; t++) {
            order[orderAt + next[levels[at + t]]++] = t;
        }
    }

    /** Tokens that need learner n, 0 to N+1. */
    int needing(int n) {
        return needing[n];
    }
}
