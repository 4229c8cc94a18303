package dev.lanewise.loaders.json;

import dev.lanewise.ModelFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one JSON document (RFC 8259) of untrusted origin; nothing in it can cost more than the limits allow. Names must be
 * different within an object.
 */
public final class JsonReader {
    private static final int MAX_NESTING = 64;
    private static final int MAX_STRING = 1 << 20;
    private static final int MAX_NAME = 1 << 16;
    /** Three times the values of the largest vocabularies in use. */
    private static final int MAX_VALUES = 5_000_000;
    private static final int MAX_NUMBER = 1000;
    private static final int END = -1;
    /** About what values take on the heap beside their texts. */
    private static final int OBJECT_BYTES = 136;
    private static final int MEMBER_BYTES = 64;
    private static final int ARRAY_BYTES = 56;
    private static final int ELEMENT_BYTES = 16;
    private static final int STRING_BYTES = 56;
    private static final int NUMBER_BYTES = 24;

    private final String source;
    /** UTF-8. */
    private final byte[] text;
    private final long maxMemory;
    private long memory;
    /** Where the reader is: names of members; null and the index of an element in arrays. */
    private final String[] names = new String[MAX_NESTING];
    private final int[] indices = new int[MAX_NESTING];
    private int depth;
    private int values;
    private int at;

    private JsonReader(String source, byte[] text, long maxMemory) {
        this.source = source;
        this.text = text;
        this.maxMemory = maxMemory;
    }

    /**
     * Reads the stream, which stays open, to its end.
     *
     * @param source stands for the document in messages
     * @param maxLength most bytes
     * @throws ModelFormatException where it is no JSON or goes beyond a limit
     */
    public static JsonValue read(InputStream in, String source, long maxLength) throws IOException {
        byte[] text = in.readNBytes((int) Math.min(maxLength + 1, Integer.MAX_VALUE - 64));
        if (text.length > maxLength) {
            throw new ModelFormatException(source, "$", "a document of at most " + maxLength + " bytes", "more",
                    "if the file can be trusted, load with a larger limit", null);
        }
        return read(text, source, Long.MAX_VALUE);
    }

    /**
     * Reads a document in memory.
     *
     * @param maxMemory most bytes of heap that its values may take, about
     * @throws ModelFormatException where it is no JSON or goes beyond a limit
     */
    public static JsonValue read(byte[] utf8, String source, long maxMemory) {
        checkEncoding(utf8, source);
        return new JsonReader(source, utf8, maxMemory).document();
    }

    private static void checkEncoding(byte[] utf8, String source) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(utf8);
        CharBuffer out = CharBuffer.allocate(Math.min(1 << 13, utf8.length + 1));
        CoderResult result = CoderResult.OVERFLOW;
        while (result.isOverflow()) {
            result = decoder.decode(in, out.clear(), true);
        }
        if (result.isError()) {
            throw new ModelFormatException(source, "$", "UTF-8",
                    "bytes that are not, from byte " + in.position() + " on", "check that the file is complete", null);
        }
    }

    private JsonValue document() {
        JsonValue root = new JsonValue(source, "$", value());
        if (next() != END) {
            throw root.error("the end of the document", "more after it");
        }
        return root;
    }

    /** The next byte that is no white space, which is not passed over yet; {@link #END} at the end. */
    private int next() {
        while (at < text.length) {
            byte c = text[at];
            if (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
                return c;
            }
            at++;
        }
        return END;
    }

    private void expect(char c, String what) {
        if (next() != c) {
            throw unexpected(what);
        }
        at++;
    }

    private Object value() {
        if (++values > MAX_VALUES) {
            throw failure("at most " + MAX_VALUES + " values", "more");
        }
        return switch (next()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string(MAX_STRING);
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
            default -> throw unexpected("a value");
        };
    }

    private void enter() {
        at++;
        if (depth == MAX_NESTING) {
            throw failure("values nested at most " + MAX_NESTING + " deep", "deeper nesting");
        }
        names[depth] = null;
        indices[depth++] = 0;
    }

    private Map<String, Object> object() {
        enter();
        weigh(OBJECT_BYTES);
        Map<String, Object> members = new LinkedHashMap<>();
        boolean more = next() != '}';
        while (more) {
            if (next() != '"') {
                throw unexpected("a name in quotes");
            }
            String name = string(MAX_NAME);
            names[depth - 1] = name;
            if (members.containsKey(name)) {
                throw failure("each name once", "'" + ModelFormatException.printable(name) + "' twice");
            }
            weigh(MEMBER_BYTES);
            expect(':', "a colon");
            members.put(name, value());
            more = next() == ',';
            at += more ? 1 : 0;
        }
        expect('}', "a comma or the object's end");
        depth--;
        return members;
    }

    private List<Object> array() {
        enter();
        weigh(ARRAY_BYTES);
        List<Object> elements = new ArrayList<>(4);
        boolean more = next() != ']';
        while (more) {
            indices[depth - 1] = elements.size();
            weigh(ELEMENT_BYTES);
            elements.add(value());
            more = next() == ',';
            at += more ? 1 : 0;
        }
        expect(']', "a comma or the array's end");
        depth--;
        return elements;
    }

    private Object word(String word, Object value) {
        for (int i = 0; i < word.length(); i++, at++) {
            if (at == text.length || text[at] != word.charAt(i)) {
                throw unexpected("the word " + word);
            }
        }
        return value;
    }

    /** A string up to its closing quote. Half a surrogate pair, which only an escape can write, is let through. */
    private String string(int longest) {
        int start = ++at;
        while (isPlain()) {
            at++;
        }
        String plain = piece(start, longest);
        if (at < text.length && text[at] == '"') {
            at++;
            return plain;
        }
        return escaped(new StringBuilder(plain), longest);
    }

    /** Whether the next byte is part of a string and stands for itself, alone or with others. */
    private boolean isPlain() {
        return at < text.length && text[at] != '"' && text[at] != '\\' && (text[at] >= ' ' || text[at] < 0);
    }

    private String piece(int start, int longest) {
        weigh(STRING_BYTES + at - start);
        String piece = at - start > 4L * longest ? null : new String(text, start, at - start, StandardCharsets.UTF_8);
        if (piece == null || piece.length() > longest) {
            throw failure("strings of at most " + longest + " characters", "more");
        }
        return piece;
    }

    private String escaped(StringBuilder out, int longest) {
        while (at < text.length && text[at] != '"') {
            int start = at;
            if (isPlain()) {
                while (isPlain()) {
                    at++;
                }
                out.append(piece(start, longest));
            } else if (text[at] == '\\') {
                at++;
                out.append(escape());
                weigh(2);
            } else {
                throw unexpected("a character of a string");
            }
            if (out.length() > longest) {
                throw failure("strings of at most " + longest + " characters", "more");
            }
        }
        if (at == text.length) {
            throw unexpected("the string's closing quote");
        }
        at++;
        return out.toString();
    }

    private char escape() {
        int c = at < text.length ? text[at] : 0;
        int known = "\"\\/bfnrt".indexOf(c);
        if (known >= 0) {
            at++;
            return "\"\\/\b\f\n\r\t".charAt(known);
        }
        if (c != 'u' || at + 5 > text.length) {
            throw unexpected("an escape");
        }
        int code = 0;
        for (int i = 1; i <= 4; i++) {
            int digit = Character.digit(text[at + i], 16);
            if (digit < 0) {
                throw unexpected("four hexadecimal digits");
            }
            code = code * 16 + digit;
        }
        at += 5;
        return (char) code;
    }

    /** A Long where it is a whole number that fits one, else a Double. */
    private Object number() {
        int start = at;
        at += text[at] == '-' ? 1 : 0;
        if (at < text.length && text[at] == '0') {
            at++;
        } else {
            digits();
        }
        boolean whole = true;
        if (at < text.length && text[at] == '.') {
            whole = false;
            at++;
            digits();
        }
        if (at < text.length && (text[at] == 'e' || text[at] == 'E')) {
            whole = false;
            at++;
            at += at < text.length && (text[at] == '+' || text[at] == '-') ? 1 : 0;
            digits();
        }
        if (at - start > MAX_NUMBER) {
            throw failure("numbers of at most " + MAX_NUMBER + " characters", (at - start) + " characters");
        }
        weigh(NUMBER_BYTES);
        String number = new String(text, start, at - start, StandardCharsets.ISO_8859_1);
        if (whole) {
            try {
                return Long.parseLong(number);
            } catch (NumberFormatException tooLarge) {
                return Double.parseDouble(number);
            }
        }
        return Double.parseDouble(number);
    }

    private void digits() {
        int first = at;
        while (at < text.length && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        if (at == first) {
            throw unexpected("a digit");
        }
    }

    private void weigh(int bytes) {
        memory += bytes;
        if (memory > maxMemory) {
            throw failure("values that take at most " + maxMemory + " bytes of memory", "more",
                    "the file asks for more memory than its size justifies; raise Limits.extraBytes if it is to be trusted");
        }
    }

    private ModelFormatException unexpected(String expected) {
        String found = at == text.length ? "the end of the file"
                : text[at] < 0 ? "a character beyond ASCII"
                : "'" + ModelFormatException.printable(String.valueOf((char) text[at])) + "'";
        return failure(expected, found + " at byte " + at);
    }

    private ModelFormatException failure(String expected, String found) {
        return failure(expected, found, "check that the file is complete");
    }

    private ModelFormatException failure(String expected, String found, String advice) {
        StringBuilder where = new StringBuilder("$");
        for (int i = 0; i < depth; i++) {
            where.append(names[i] != null ? "." + names[i] : "[" + indices[i] + "]");
        }
        return new ModelFormatException(source, where.toString(), expected, found, advice, null);
    }
}
