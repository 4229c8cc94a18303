package dev.lanewise.models.tokenizer;

import dev.lanewise.InvalidInputException;
import dev.lanewise.loaders.json.JsonValue;

/**
 * How encodings are filled up.
 *
 * @param length number of tokens to fill up to, or 0 for the longest of the batch
 * @param multipleOf the length is rounded up to a multiple of this, at least 1
 * @param side the end at which padding is set
 * @param id token id of the padding
 * @param typeId type id of the padding
 * @param token token of the padding
 */
public record Padding(int length, int multipleOf, Truncation.Side side, int id, int typeId, String token) {
    public Padding {
        if (length < 0 || multipleOf < 1) {
            throw new InvalidInputException(length < 0 ? "length" : "multipleOf",
                    length < 0 ? "at least 0" : "at least 1",
                    Integer.toString(length < 0 ? length : multipleOf), "give a length");
        }
    }

    static Padding read(JsonValue json) {
        JsonValue strategy = json.get("strategy");
        int length = 0;
        if (strategy.value() instanceof String name) {
            if (!name.equals("BatchLongest")) {
                throw strategy.error("BatchLongest or Fixed", name);
            }
        } else {
            length = strategy.get("Fixed").integer(0, Integer.MAX_VALUE);
        }
        JsonValue multipleOf = json.get("pad_to_multiple_of");
        int multiple = multipleOf.isNull() ? 1 : Math.max(1, multipleOf.integer(0, 1 << 20));
        return new Padding(length, multiple, Truncation.readSide(json.get("direction")),
                json.get("pad_id").integer(0, Integer.MAX_VALUE), json.get("pad_type_id").integer(0, Integer.MAX_VALUE),
                json.get("pad_token").string());
    }

    /** The length of encodings whose longest has {@code longest} tokens. */
    int target(int longest) {
        int target = length == 0 ? longest : length;
        return Math.multiplyExact(Math.ceilDiv(target, multipleOf), multipleOf);
    }
}
