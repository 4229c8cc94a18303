package dev.lanewise.models.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads one JSON document of untrusted origin; nothing in it can cost more than the limits allow. */
final class JsonReader {
    private static final int MAX_NESTING = 64;
    private static final int MAX_STRING = 1 << 20;
    private static final int MAX_NAME = 1 << 16;
    /** Values and brackets: three times those of the largest vocabularies in use. */
    private static final long MAX_TOKENS = 10_000_000;

    private final String source;
    private final JsonParser parser;

    private JsonReader(String source, JsonParser parser) {
        this.source = source;
        this.parser = parser;
    }

    static JsonValue read(InputStream in, String source, long maxLength) throws IOException {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).maxDocumentLength(maxLength)
                                .maxStringLength(MAX_STRING).maxNameLength(MAX_NAME).maxTokenCount(MAX_TOKENS).build())
                .configure(StreamReadFeature.AUTO_CLOSE_SOURCE, false)
                .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
                .configure(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES, false).build();
        // Jackson's own decoding would replace what is not UTF-8.
        Reader utf8 = new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder());
        try (JsonParser parser = factory.createParser(utf8)) {
            return new JsonReader(source, parser).document();
        }
    }

    private JsonValue document() throws IOException {
        try {
            parser.nextToken();
            JsonValue root = new JsonValue(source, "$", value());
            if (parser.nextToken() != null) {
                throw root.error("the end of the document", "more after it");
            }
            return root;
        } catch (StreamConstraintsException e) {
            throw failure("a document within the limits", e.getOriginalMessage(),
                    "if it is the document's length, and the file can be trusted, load with a larger limit", e);
        } catch (JsonProcessingException e) {
            throw failure("JSON", e.getOriginalMessage() + " at character " + e.getLocation().getCharOffset(),
                    "check that the file is complete", e);
        } catch (CharacterCodingException e) {
            throw failure("UTF-8", "bytes that are not (" + e.getMessage() + ")", "check that the file is complete", e);
        }
    }

    private Object value() throws IOException {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> {
                JsonParser.NumberType type = parser.getNumberType();
                yield type == JsonParser.NumberType.BIG_INTEGER ? (Object) parser.getDoubleValue()
                        : parser.getLongValue();
            }
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case null, default -> throw failure("a value", token == null ? "the end of the file" : token.toString(),
                    "check that the file is complete", null);
        };
    }

    private Map<String, Object> object() throws IOException {
        Map<String, Object> members = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (members.containsKey(name)) {
                throw failure("each name once", "'" + TokenizerFormatException.printable(name) + "' twice", null, null);
            }
            parser.nextToken();
            members.put(name, value());
        }
        return members;
    }

    private List<Object> array() throws IOException {
        List<Object> elements = new ArrayList<>(4);
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value());
        }
        return elements;
    }

    private TokenizerFormatException failure(String expected, String found, String advice, Throwable cause) {
        String pointer = parser.getParsingContext().pathAsPointer().toString();
        return new TokenizerFormatException(source, "$" + pointer.replace('/', '.'), expected, found, advice, cause);
    }
}
