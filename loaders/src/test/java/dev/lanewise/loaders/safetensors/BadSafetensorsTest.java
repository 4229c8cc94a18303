package dev.lanewise.loaders.safetensors;

import static dev.lanewise.loaders.safetensors.SafetensorsBytes.TWO;
import static dev.lanewise.loaders.safetensors.SafetensorsBytes.entry;
import static dev.lanewise.loaders.safetensors.SafetensorsBytes.file;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.LanewiseException;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.loaders.testing.Promise;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in which a safetensors file is known to go wrong, and the message due. Each name starts with the kind's number. */
class BadSafetensorsTest {
    private static final String NAME = "x.safetensors";

    /** {@code message} is part of the message due; null for a file that is good. */
    private record Case(String name, byte[] bytes, Class<? extends LanewiseException> type, String message) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case bad(String name, byte[] bytes, String message) {
        return new Case(name, bytes, ModelFormatException.class, message);
    }

    /** A header of entries for 8 bytes of data. */
    private static Case bad(String name, String entries, String message) {
        return bad(name, file("{" + entries + "}", 8), message);
    }

    private static Case good(String name, byte[] bytes) {
        return new Case(name, bytes, null, null);
    }

    private static byte[] header() {
        return TWO.getBytes(StandardCharsets.UTF_8);
    }

    static Stream<Case> header1To4() {
        byte[] notUtf8 = header();
        notUtf8[2] = (byte) 0xFF;
        String one = entry("a", "F32", "[2]", "[0,8]");
        return Stream.of(bad("1 empty file", new byte[0], "a header's length of 8 bytes, found a file of 0 bytes"),
                bad("1 shorter than 8 bytes", new byte[7], "found a file of 7 bytes"),
                bad("1 length above the limit", file(100_000_001, header(), 11), "a header of at most 100000000 bytes"),
                bad("1 negative length", file(-1, header(), 11), "found 18446744073709551615 bytes"),
                bad("1 header beyond the file", file(200, header(), 11), "a header of 200 bytes, found a file of"),
                bad("1 header of no bytes", file(0, new byte[0], 0), "a JSON object, and spaces after it"),
                bad("2 length beyond 32 bits", file((1L << 32) + header().length, header(), 11),
                        "a header of at most 100000000 bytes"),
                bad("3 space before the object", file(" {}", 0), "a JSON object, and spaces after it"),
                bad("3 line feed after the object", file("{}\n", 0), "a JSON object, and spaces after it"),
                bad("3 an array", file("[]", 0), "a JSON object, and spaces after it"),
                bad("3 not UTF-8", file(notUtf8.length, notUtf8, 11), "UTF-8, found bytes that are not, from byte 2"),
                bad("3 truncated JSON", file("{\"a\":{}", 0), "a comma or the object's end"),
                bad("3 text after the object", file("{}x", 0), "a JSON object, and spaces after it"),
                bad("3 second object", file("{}{}", 0), "the end of the document"),
                bad("3 deep nesting", file("{\"a\":" + "[".repeat(100_000) + "}", 0), "nested at most 64 deep"),
                bad("3 millions of empty arrays", file("{\"a\":[" + "[],".repeat(4_000_000) + "[]]}", 0),
                        "raise Limits.extraBytes"),
                bad("3 a million names", file("{" + "\"\":0,".repeat(2) + "}", 0), "each name once"),
                bad("3 number of a million digits", file("{\"a\":" + "1".repeat(1 << 20) + "}", 0),
                        "numbers of at most 1000 characters"),
                bad("3 name of a mebibyte", file("{\"" + "n".repeat(1 << 20) + "\":0}", 0),
                        "strings of at most 65536 characters"),
                bad("4 name twice", one + "," + one, "each name once, found 'a' twice"),
                bad("4 name twice, once in escapes", one + "," + one.replace("\"a\"", "\"\\u0061\""), "'a' twice"),
                bad("4 metadata twice", "\"__metadata__\":{},\"__metadata__\":{}", "'__metadata__' twice"));
    }

    static Stream<Case> offsets5And6() {
        String first = entry("a", "F32", "[1]", "[0,4]");
        return Stream.of(bad("5 negative offset", entry("a", "F32", "[2]", "[-8,0]"), "from 0 to 8, found -8"),
                bad("5 reversed offsets", entry("a", "F32", "[2]", "[8,0]"), "from 8 to 8, found 0"),
                bad("5 one offset", entry("a", "F32", "[2]", "[0]"), "two offsets, found 1"),
                bad("5 three offsets", entry("a", "F32", "[2]", "[0,8,8]"), "two offsets, found 3"),
                bad("5 offsets that are no array", entry("a", "F32", "[2]", "8"), "an array, found 8"),
                bad("5 fractional offset", entry("a", "F32", "[2]", "[0,8.5]"),
                        "a whole number from 0 to 8, found 8.5"),
                bad("5 offset as a float", entry("a", "F32", "[2]", "[0,8.0]"),
                        "a whole number from 0 to 8, found 8.0"),
                bad("5 offset in text", entry("a", "F32", "[2]", "[0,\"8\"]"), "found the string '8'"),
                bad("5 offset above the data", entry("a", "F32", "[4]", "[0,16]"), "from 0 to 8, found 16"),
                bad("5 offset beyond 64 bits", entry("a", "F32", "[2]", "[0,18446744073709551624]"), "found 1.84"),
                bad("5 no offsets", "\"a\":{\"dtype\":\"F32\",\"shape\":[2]}", "an array, found nothing"),
                bad("6 same bytes twice",
                        entry("a", "F32", "[2]", "[0,8]") + "," + entry("b", "F32", "[2]", "[0,8]"),
                        "'b': expected elements from byte 8 on"),
                bad("6 overlap", entry("a", "U8", "[5]", "[0,5]") + "," + entry("b", "U8", "[5]", "[3,8]"),
                        "'b': expected elements from byte 5 on"),
                bad("6 thousands of tensors on the same bytes", overlapping(10_000), "where the one before ends"),
                bad("6 hole before", entry("a", "F32", "[1]", "[4,8]"), "from byte 0 on"),
                bad("6 hole between", entry("a", "U8", "[3]", "[0,3]") + "," + entry("b", "U8", "[4]", "[4,8]"),
                        "'b': expected elements from byte 3 on"),
                bad("6 hole after", first, "4 bytes of tensors, found 8 bytes"),
                bad("6 data without tensors", "", "0 bytes of tensors, found 8 bytes"));
    }

    private static String overlapping(int count) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < count; i++) {
            all.append(i == 0 ? "" : ",").append(entry("t" + i, "F32", "[2]", "[0,8]"));
        }
        return all.toString();
    }

    static Stream<Case> shapes7To9() {
        return Stream.of(
                bad("7 too few bytes", entry("a", "F32", "[3]", "[0,8]"), "12 bytes for F32 [3], found 8 bytes"),
                bad("7 too many bytes", entry("a", "F32", "[1]", "[0,8]"), "4 bytes for F32 [1], found 8 bytes"),
                bad("7 product beyond 31 bits", entry("a", "F32", "[65536,65536]", "[0,8]"),
                        "at most 2^31 - 64 elements"),
                bad("7 product beyond 64 bits", entry("a", "F32", "[2147483647,2147483647,2147483647,2]", "[0,8]"),
                        "at most 2^31 - 64 elements"),
                bad("7 dimension beyond 32 bits", entry("a", "F32", "[4294967298]", "[0,8]"), "found 4294967298"),
                bad("7 negative dimension", entry("a", "F32", "[-2]", "[0,8]"), "found -2"),
                bad("7 two negative dimensions", entry("a", "F32", "[-1,-2]", "[0,8]"), "found -1"),
                bad("7 fractional dimension", entry("a", "F32", "[2.0]", "[0,8]"), "found 2.0"),
                bad("7 rank 17", entry("a", "F32", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2]", "[0,8]"),
                        "at most 16 dimensions, found 17; raise Limits.rank"),
                new Case("8 unknown type", file("{" + entry("a", "F7", "[2]", "[0,8]") + "}", 8),
                        UnsupportedModelException.class, "safetensors type F7"),
                new Case("8 type in small letters", file("{" + entry("a", "f32", "[2]", "[0,8]") + "}", 8),
                        UnsupportedModelException.class, "safetensors type f32"),
                bad("8 no type", "\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}", "a string, found nothing"),
                bad("8 half a byte of F4", entry("a", "F4", "[15]", "[0,8]"), "whole bytes, found 60 bits for F4 [15]"),
                bad("8 two bits of F6", entry("a", "F6_E2M3", "[11]", "[0,8]"), "found 66 bits for F6_E2M3 [11]"),
                bad("8 BOOL of 2", bool(), "BOOL elements of 0 or 1, found 2"),
                bad("9 metadata of a number", file("{\"__metadata__\":{\"n\":1}}", 0), "a string, found 1"),
                bad("9 metadata of null", file("{\"__metadata__\":{\"n\":null}}", 0), "a string, found nothing"),
                bad("9 metadata of an object", file("{\"__metadata__\":{\"n\":{}}}", 0), "a string, found an object"),
                bad("9 metadata that is no object", file("{\"__metadata__\":[]}", 0), "an object, found an array"),
                bad("9 half a surrogate pair in metadata", file("{\"__metadata__\":{\"n\":\"\\ud800\"}}", 0),
                        "half a surrogate pair"),
                good("9 rank 0 is good", file("{" + entry("a", "F64", "[]", "[0,8]") + "}", 8)),
                good("9 dimensions of 0 are good", file("{" + entry("a", "F64", "[0,5]", "[0,0]") + "}", 0)),
                good("9 dimensions of 0 and more beyond 31 bits are good",
                        file("{" + entry("a", "F64", "[2147483647,2147483647,0]", "[0,0]") + "}", 0)),
                good("9 no tensors and spaces are good", file("{}    ", 0)));
    }

    private static byte[] bool() {
        byte[] bytes = file("{" + entry("a", "BOOL", "[1]", "[0,1]") + "}", 1);
        bytes[bytes.length - 1] = 2;
        return bytes;
    }

    private static LanewiseException outcome(String what, byte[] bytes) {
        return Promise.kept(what, bytes.length,
                () -> Safetensors.read(ModelSource.of(NAME, bytes)).tensors().values().forEach(Tensor::array));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"header1To4", "offsets5And6", "shapes7To9"})
    void isRefusedWithATypedError(Case test) {
        LanewiseException e = outcome(test.name, test.bytes);
        if (test.type == null) {
            assertNull(e);
            return;
        }
        assertNotNull(e, "read");
        assertEquals(test.type, e.getClass());
        assertTrue(e.getMessage().contains(test.message), e.getMessage());
        assertTrue(test.name.startsWith("8 BOOL") || e.getMessage().startsWith(NAME), e.getMessage());
    }

    @Test
    void aFileCutAnywhereIsRefused() {
        byte[] bytes = file(TWO, 11);
        for (int length = 0; length < bytes.length; length++) {
            assertTrue(outcome("cut to " + length, Arrays.copyOf(bytes, length)) instanceof ModelFormatException);
        }
    }

    @Test
    void whateverBytesChangeTheOutcomeIsAModelOrAnError() {
        Random random = new Random(3);
        byte[] whole = file(TWO, 11);
        int refused = 0;
        for (int i = 0; i < 10_000; i++) {
            byte[] changed = whole.clone();
            for (int n = random.nextInt(3); n >= 0; n--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            LanewiseException e = outcome("round " + i, changed);
            refused += e == null ? 0 : 1;
            assertTrue(e == null || e.getMessage().length() < 1000);
        }
        assertTrue(refused > 5000 && refused < 10_000, refused + " refused");
    }
}
