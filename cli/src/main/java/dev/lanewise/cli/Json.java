package dev.lanewise.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;

/** Writes maps, iterables, arrays, numbers, texts and truth values as one JSON document of ASCII characters. */
final class Json {
    private static final JsonFactory FACTORY = JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private final JsonGenerator out;

    private Json(JsonGenerator out) {
        this.out = out;
    }

    /** Numbers that JSON does not have (NaN, infinities) become strings. */
    static void print(PrintWriter to, Object value) throws IOException {
        try (JsonGenerator generator = FACTORY.createGenerator(to).useDefaultPrettyPrinter()) {
            new Json(generator).write(value);
        }
        to.println();
        to.flush();
    }

    private void write(Object value) throws IOException {
        switch (value) {
            case null -> out.writeNull();
            case Map<?, ?> map -> {
                out.writeStartObject();
                for (Map.Entry<?, ?> e : map.entrySet()) {
                    out.writeFieldName(e.getKey().toString());
                    write(e.getValue());
                }
                out.writeEndObject();
            }
            case Iterable<?> elements -> {
                out.writeStartArray();
                for (Object e : elements) {
                    write(e);
                }
                out.writeEndArray();
            }
            case float[][] rows -> {
                out.writeStartArray();
                for (float[] row : rows) {
                    write(row);
                }
                out.writeEndArray();
            }
            case float[] numbers -> {
                out.writeStartArray();
                for (float number : numbers) {
                    out.writeNumber(number);
                }
                out.writeEndArray();
            }
            case int[] numbers -> out.writeArray(numbers, 0, numbers.length);
            case Boolean truth -> out.writeBoolean(truth);
            case Double number -> out.writeNumber(number);
            case Float number -> out.writeNumber(number);
            case Integer number -> out.writeNumber(number);
            case Long number -> out.writeNumber(number);
            default -> out.writeString(value.toString());
        }
    }
}
