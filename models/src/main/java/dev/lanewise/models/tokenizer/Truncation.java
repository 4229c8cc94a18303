package dev.lanewise.models.tokenizer;

import dev.lanewise.InvalidInputException;
import dev.lanewise.loaders.json.JsonValue;

/**
 * How an encoding is cut to {@code maxLength} tokens, those of the post-processor included. Only the first part is
 * kept: the stride of a {@code tokenizer.json}, which overlapping further parts would need, has no effect.
 *
 * @param maxLength greatest number of tokens, at least 0
 * @param strategy which text of a pair is cut
 * @param side the end at which tokens are dropped
 */
public record Truncation(int maxLength, Strategy strategy, Side side) {
    /** Which text of a pair is cut; with one text {@code LONGEST_FIRST} and {@code ONLY_FIRST} do the same. */
    public enum Strategy {
        /** The longer one down to the length of the other, then both alike. */
        LONGEST_FIRST, ONLY_FIRST, ONLY_SECOND
    }

    /** An end of the text. */
    public enum Side {
        LEFT, RIGHT
    }

    public Truncation {
        if (maxLength < 0) {
            throw new InvalidInputException("maxLength", "at least 0", Integer.toString(maxLength), "give a length");
        }
    }

    /** Cuts at the right end, the longer text first. */
    public static Truncation to(int maxLength) {
        return new Truncation(maxLength, Strategy.LONGEST_FIRST, Side.RIGHT);
    }

    static Truncation read(JsonValue json) {
        JsonValue strategy = json.get("strategy");
        return new Truncation(json.get("max_length").integer(0, Integer.MAX_VALUE), switch (strategy.string()) {
            case "LongestFirst" -> Strategy.LONGEST_FIRST;
            case "OnlyFirst" -> Strategy.ONLY_FIRST;
            case "OnlySecond" -> Strategy.ONLY_SECOND;
            default -> throw strategy.error("LongestFirst, OnlyFirst or OnlySecond", strategy.string());
        }, readSide(json.get("direction")));
    }

    static Side readSide(JsonValue json) {
        return switch (json.isNull() ? "Right" : json.string()) {
            case "Left" -> Side.LEFT;
            case "Right" -> Side.RIGHT;
            default -> throw json.error("Left or Right", json.string());
        };
    }

    /** Cuts {@code first}, and {@code second} unless it is null, so that {@code added} more tokens fit. */
    void apply(TokenBuffer first, TokenBuffer second, int added) {
        int room = maxLength - added;
        if (room < 0) {
            throw new InvalidInputException("maxLength", "at least " + added + " (the tokens that are always added)",
                    Integer.toString(maxLength), "allow more tokens, or encode without special tokens");
        }
        int excess = first.count + (second == null ? 0 : second.count) - room;
        if (excess <= 0) {
            return;
        }
        switch (strategy) {
            case ONLY_FIRST -> cut(first, excess);
            case ONLY_SECOND -> {
                if (second == null) {
                    throw new InvalidInputException("strategy", "a pair of texts for ONLY_SECOND", "one text",
                            "use LONGEST_FIRST");
                }
                cut(second, excess);
            }
            case LONGEST_FIRST -> {
                if (second == null) {
                    first.truncate(room, side);
                } else {
                    boolean firstIsShorter = first.count <= second.count;
                    int shorter = Math.min(first.count, second.count);
                    int longer = Math.max(shorter, room - shorter);
                    if (shorter + longer > room) {
                        shorter = room / 2;
                        longer = room - shorter;
                    }
                    first.truncate(firstIsShorter ? shorter : longer, side);
                    second.truncate(firstIsShorter ? longer : shorter, side);
                }
            }
        }
    }

    private void cut(TokenBuffer tokens, int excess) {
        if (tokens.count <= excess) {
            throw new InvalidInputException("maxLength", "room for the text that is not cut",
                    "a text of " + tokens.count + " tokens to shorten by " + excess,
                    "use LONGEST_FIRST or a larger length");
        }
        tokens.truncate(tokens.count - excess, side);
    }
}
