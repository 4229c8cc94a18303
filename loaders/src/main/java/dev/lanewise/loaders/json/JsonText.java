package dev.lanewise.loaders.json;

import java.util.Map;

/** Maps, lists, strings, finite numbers and truth values as JSON of ASCII characters, on one line. */
public final class JsonText {
    private final StringBuilder out = new StringBuilder();

    private JsonText() {
    }

    public static String of(Object value) {
        JsonText text = new JsonText();
        text.value(value);
        return text.out.toString();
    }

    private void value(Object value) {
        switch (value) {
            case Map<?, ?> map -> {
                String separator = "{";
                for (Map.Entry<?, ?> e : map.entrySet()) {
                    out.append(separator);
                    string(e.getKey().toString());
                    out.append(':');
                    value(e.getValue());
                    separator = ",";
                }
                out.append(map.isEmpty() ? "{}" : "}");
            }
            case Iterable<?> elements -> {
                out.append('[');
                String separator = "";
                for (Object e : elements) {
                    out.append(separator);
                    value(e);
                    separator = ",";
                }
                out.append(']');
            }
            case String string -> string(string);
            case Integer number -> out.append(number);
            case Long number -> out.append(number);
            case Double number when Double.isFinite(number) -> out.append(number);
            case Boolean truth -> out.append(truth);
            default -> throw new IllegalArgumentException(value.getClass().getName());
        }
    }

    private void string(String string) {
        out.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
