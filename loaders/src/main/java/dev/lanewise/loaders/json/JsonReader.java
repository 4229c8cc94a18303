package dev.lanewise.loaders.json;

import dev.lanewise.ModelFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
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

    private final String source;
    private final char[] text;
    private final int length;
    /** Where the reader is: names, and indices of elements. */
    private final Object[] path = new Object[MAX_NESTING];
    private int depth;
    private int values;
    private int at;

    private JsonReader(String source, char[] text, int length) {
        this.source = source;
        this.text = text;
        this.length = length;
    }

    /**
     * Reads the stream, which stays open, to its end.
     *
     * @param source stands for the document in messages
     * @param maxLength most characters
     * @throws ModelFormatException where it is no JSON or goes beyond a limit
     */
    public static JsonValue read(InputStream in, String source, long maxLength) throws IOException {
        char[] text = new char[Math.max(1 << 12, Math.min(in.available() + 1, 1 << 24))];
        int length = 0;
        try {
            Reader utf8 = new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder());
            for (int n = utf8.read(text, 0, text.length); n >= 0; n = utf8.read(text, length, text.length - length)) {
                length += n;
                if (length > maxLength) {
                    throw new ModelFormatException(source, "$",
                            "a document of at most " + maxLength + " characters",
                            "more", "if the file can be trusted, load with a larger limit", null);
                }
                if (length == text.length) {
                    text = Arrays.copyOf(text, Math.max(length, length * 2));
                }
            }
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(source, "$", "UTF-8", "bytes that are not (" + e.getMessage() + ")",
                    "check that the file is complete", e);
        }
        return new JsonReader(source, text, length).document();
    }

    private JsonValue document() {
        JsonValue root = new JsonValue(source, "$", value());
        if (next() != END) {
            throw root.error("the end of the document", "more after it");
        }
        return root;
    }

    /** The next character that is no white space, which is not passed over yet; {@link #END} at the end. */
    private int next() {
        while (at < length) {
            char c = text[at];
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
        path[depth++] = 0;
    }

    private Map<String, Object> object() {
        enter();
        Map<String, Object> members = new LinkedHashMap<>();
        boolean more = next() != '}';
        while (more) {
            if (next() != '"') {
                throw unexpected("a name in quotes");
            }
            String name = string(MAX_NAME);
            path[depth - 1] = name;
            if (members.containsKey(name)) {
                throw failure("each name once", "'" + ModelFormatException.printable(name) + "' twice");
            }
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
        List<Object> elements = new ArrayList<>(4);
        boolean more = next() != ']';
        while (more) {
            path[depth - 1] = elements.size();
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
            if (at == length || text[at] != word.charAt(i)) {
                throw unexpected("the word " + word);
            }
        }
        return value;
    }

    /** A string up to its closing quote. Half a surrogate pair, which only an escape can write, is let through. */
    private String string(int longest) {
        int start = ++at;
        while (at < length && text[at] != '"' && text[at] != '\\' && text[at] >= ' ') {
            at++;
        }
        String plain = null;
        if (at < length && text[at] == '"') {
            plain = new String(text, start, at++ - start);
        } else {
            plain = escaped(new StringBuilder().append(text, start, at - start), longest);
        }
        if (plain.length() > longest) {
            throw failure("strings of at most " + longest + " characters", plain.length() + " characters");
        }
        return plain;
    }

    private String escaped(StringBuilder out, int longest) {
        while (at < length && text[at] != '"') {
            char c = text[at];
            if (c < ' ' || out.length() > longest) {
                throw c < ' ' ? unexpected("a character of a string")
                        : failure("strings of at most " + longest + " characters", "more");
            }
            at++;
            out.append(c == '\\' ? escape() : c);
        }
        if (at == length) {
            throw unexpected("the string's closing quote");
        }
        at++;
        return out.toString();
    }

    private char escape() {
        char c = at < length ? text[at] : 0;
        int known = "\"\\/bfnrt".indexOf(c);
        if (known >= 0) {
            at++;
            return "\"\\/\b\f\n\r\t".charAt(known);
        }
        if (c != 'u' || at + 5 > length) {
            throw unexpected("an escape");
        }
        int code = 0;
        for (int i = 1; i <= 4; i++) {
            int digit = text[at + i] < 0x80 ? Character.digit(text[at + i], 16) : -1;
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
        if (at < length && text[at] == '0') {
            at++;
        } else {
            digits();
        }
        boolean whole = true;
        if (at < length && text[at] == '.') {
            whole = false;
            at++;
            digits();
        }
        if (at < length && (text[at] == 'e' || text[at] == 'E')) {
            whole = false;
            at++;
            at += at < length && (text[at] == '+' || text[at] == '-') ? 1 : 0;
            digits();
        }
        String number = new String(text, start, at - start);
        if (number.length() > MAX_NUMBER) {
            throw failure("numbers of at most " + MAX_NUMBER + " characters", number.length() + " characters");
        }
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
        while (at < length && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        if (at == first) {
            throw unexpected("a digit");
        }
    }

    private ModelFormatException unexpected(String expected) {
        String found = at < length ? "'" + ModelFormatException.printable(String.valueOf(text[at])) + "'"
                : "the end of the file";
        return failure(expected, found + " at character " + at);
    }

    private ModelFormatException failure(String expected, String found) {
        StringBuilder where = new StringBuilder("$");
        for (int i = 0; i < depth; i++) {
            where.append(path[i] instanceof String name ? "." + name : "[" + path[i] + "]");
        }
        return new ModelFormatException(source, where.toString(), expected, found,
                "check that the file is complete", null);
    }
}
