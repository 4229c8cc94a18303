package dev.lanewise.loaders.onnx;

import dev.lanewise.ModelFormatException;
import dev.lanewise.loaders.file.RawData;

/**
 * Many numbers of one field, left as the file has them: checked, counted, and decoded when somebody asks.
 *
 * @param unit bytes of each; 1 for varints
 */
record PackedNumbers(RawData raw, int unit, int count) {
    private static final int LONGEST_VARINT = 10;

    /** Takes numbers one after another. */
    private interface Taker {
        void take(long value);
    }

    /** @param at where the file has them, for messages */
    static PackedNumbers of(RawData raw, int unit, long at) {
        int[] count = {0};
        if (unit > 1) {
            count[0] = (int) (raw.length() / unit);
        } else if (!decode(raw, unit, value -> count[0]++)) {
            throw new ModelFormatException(null, "byte " + at, "numbers of at most " + LONGEST_VARINT + " bytes",
                    "a longer one, or half of one", "the file is truncated, broken or no ONNX file");
        }
        return new PackedNumbers(raw, unit, count[0]);
    }

    /** All of them, as 64 bits each. */
    long[] values() {
        long[] values = new long[count];
        int[] at = {0};
        decode(raw, unit, value -> values[at[0]++] = value);
        return values;
    }

    /** False where a number is too long, or cut at the end. */
    private static boolean decode(RawData raw, int unit, Taker taker) {
        long[] value = {0};
        int[] bytes = {0};
        boolean[] well = {true};
        raw.read(part -> {
            while (part.hasRemaining()) {
                byte b = part.get();
                value[0] |= unit == 1 ? (long) (b & 0x7F) << (7 * bytes[0]) : (b & 0xFFL) << (8 * bytes[0]);
                bytes[0]++;
                if (unit == 1 ? b >= 0 : bytes[0] == unit) {
                    taker.take(value[0]);
                    value[0] = 0;
                    bytes[0] = 0;
                } else if (bytes[0] == LONGEST_VARINT) {
                    well[0] = false;
                    bytes[0] = 0;
                }
            }
        });
        return well[0] && bytes[0] == 0;
    }
}
