package dev.lanewise.models.ocr;

import java.util.List;

/**
 * The text that a recogniser's probabilities say: the best character of each step, repetitions once, blanks left out (Graves et al.,
 * Connectionist Temporal Classification, 2006).
 */
final class CharacterDecoder {
    private static final int BLANK = 0;

    private final List<String> characters;

    /** @param characters those of 1, 2, …; 0 is the blank */
    CharacterDecoder(List<String> characters) {
        this.characters = List.copyOf(characters);
    }

    /** How many probabilities a step has. */
    int classes() {
        return characters.size() + 1;
    }

    /** What was read, and the mean probability of its characters, 0 where there are none. */
    record Reading(String text, double confidence) {
    }

    /** @param probabilities [steps, classes] */
    Reading read(float[] probabilities) {
        StringBuilder text = new StringBuilder();
        double sum = 0;
        int count = 0;
        int before = BLANK;
        for (int from = 0; from < probabilities.length; from += classes()) {
            int best = best(probabilities, from);
            if (best != BLANK && best != before) {
                text.append(characters.get(best - 1));
                sum += probabilities[from + best];
                count++;
            }
            before = best;
        }
        return new Reading(text.toString(), count == 0 ? 0 : sum / count);
    }

    private int best(float[] probabilities, int from) {
        int best = 0;
        for (int i = 1; i < classes(); i++) {
            if (probabilities[from + i] > probabilities[from + best]) {
                best = i;
            }
        }
        return best;
    }
}
