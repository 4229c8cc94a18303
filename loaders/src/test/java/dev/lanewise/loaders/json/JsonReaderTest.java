package dev.lanewise.loaders.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.lanewise.ModelFormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reader takes, and refuses, what an established parser of JSON does. */
class JsonReaderTest {
    private static final String PIECES = "{}[]:,\"\"\"\\ -0123456789.eE+truefalsenull\té\uD83D\uDE00\uFFFF";

    private static Object ours(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return JsonReader.read(new ByteArrayInputStream(bytes), "test", 1 << 20).value();
    }

    private static Object theirs(String text) throws IOException {
        JsonFactory factory = JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
        try (JsonParser parser = factory.createParser(new StringReader(text))) {
            parser.nextToken();
            Object value = value(parser);
            if (parser.nextToken() != null) {
                throw new IOException("more after it");
            }
            return value;
        }
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> members = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    members.put(name, value(parser));
                }
                yield members;
            }
            case START_ARRAY -> {
                List<Object> elements = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(parser));
                }
                yield elements;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                    ? (Object) parser.getDoubleValue() : parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case null, default -> throw new IOException("no value");
        };
    }

    private static void compare(String text) throws IOException {
        Object expected;
        try {
            expected = theirs(text);
        } catch (IOException refused) {
            assertThrows(ModelFormatException.class, () -> ours(text), text);
            return;
        }
        assertEquals(expected, ours(text), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":[1,2.5e-3,-0,true,false,null,\"x\"],\"b\":{}}", " [ ] ", "\"\\u00e9\\n\\\"\\/\"",
        "9223372036854775807", "9223372036854775808", "-1.0", "1e400", "01", "1.", ".5", "+1", "-", "1e", "tru", "nul",
        "[1,]", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "[1 2]", "\"\\x\"", "\"\\u12\"", "\"\\u00g0\"", "\"\t\"", "\"open",
        "\"\\uD83D\\uDE00\"", "[]x", "[]\uFFFF", "\uFEFF[]", "{\"a\":1,\"a\":2}", "", " ", "NaN", "'a'", "//x\n1"})
    void readsWhatJacksonReads(String text) throws IOException {
        compare(text);
    }

    @Test
    void readsRandomTextAsJacksonDoes() throws IOException {
        Random random = new Random(5);
        int[] pieces = PIECES.codePoints().toArray();
        for (int i = 0; i < 200_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = 1 + random.nextInt(8); n > 0; n--) {
                text.appendCodePoint(pieces[random.nextInt(pieces.length)]);
            }
            compare(random.nextInt(3) == 0 ? text.toString() : "[" + text + "]");
        }
    }
}
