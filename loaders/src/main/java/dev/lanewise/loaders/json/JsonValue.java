package dev.lanewise.loaders.json;

import dev.lanewise.ModelFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A place in a JSON document and what stands there: {@code Map}, {@code List}, {@code String}, {@code Long},
 * {@code Double}, {@code Boolean}, or null where the document has null or nothing. Each getter fails with the
 * document's name and the path.
 */
public record JsonValue(String source, String path, Object value) {

    public boolean isNull() {
        return value == null;
    }

    /** The member {@code key}; a missing one is null. */
    public JsonValue get(String key) {
        return new JsonValue(source, path + "." + key, members().get(key));
    }

    @SuppressWarnings("unchecked")
    public Map<String, Object> members() {
        return (Map<String, Object>) as(Map.class, "an object");
    }

    public List<JsonValue> elements() {
        List<?> list = (List<?>) as(List.class, "an array");
        List<JsonValue> out = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            out.add(new JsonValue(source, path + "[" + i + "]", list.get(i)));
        }
        return out;
    }

    /** A string of whole characters: half a surrogate pair has no place in a text. */
    public String string() {
        String string = (String) as(String.class, "a string");
        checkWhole(string);
        return string;
    }

    public void checkWhole(String string) {
        if (!isWhole(string)) {
            throw error("whole characters", "half a surrogate pair in '"
                    + ModelFormatException.printable(string) + "'");
        }
    }

    /** Whether every surrogate has its other half. */
    public static boolean isWhole(String string) {
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c) || i + 1 == string.length()
                        || !Character.isLowSurrogate(string.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    public boolean bool(boolean whenNull) {
        return isNull() ? whenNull : (Boolean) as(Boolean.class, "true or false");
    }

    public int integer(int min, int max) {
        return (int) whole(min, max);
    }

    public long whole(long min, long max) {
        if (value instanceof Long number && number >= min && number <= max) {
            return number;
        }
        throw error("a whole number from " + min + " to " + max, describe());
    }

    /** A number, whole or not, from {@code min} to {@code max}. */
    public double number(double min, double max) {
        double number = ((Number) as(Number.class, "a number")).doubleValue();
        if (number >= min && number <= max) {
            return number;
        }
        throw error("a number from " + min + " to " + max, describe());
    }

    private Object as(Class<?> type, String expected) {
        if (!type.isInstance(value)) {
            throw error(expected, describe());
        }
        return value;
    }

    private String describe() {
        return switch (value) {
            case null -> "nothing";
            case Map<?, ?> map -> "an object";
            case List<?> list -> "an array";
            case String string -> "the string '" + ModelFormatException.printable(string) + "'";
            default -> value.toString();
        };
    }

    public ModelFormatException error(String expected, String found) {
        return new ModelFormatException(source, path, expected, found, "check that the file is complete");
    }
}
