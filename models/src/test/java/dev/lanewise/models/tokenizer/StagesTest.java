package dev.lanewise.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.loaders.json.JsonReader;
import dev.lanewise.loaders.json.JsonValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each normaliser and pre-tokeniser against the original: on every code point that is assigned, and on generated text.
 */
class StagesTest {

    @ParameterizedTest
    @ValueSource(strings = {
        "{'type':'BertNormalizer','clean_text':true,'handle_chinese_chars':true,'strip_accents':null,'lowercase':true}",
        "{'type':'BertNormalizer','clean_text':true,'handle_chinese_chars':true,"
                + "'strip_accents':null,'lowercase':false}",
        "{'type':'BertNormalizer','clean_text':true,'handle_chinese_chars':false,"
                + "'strip_accents':false,'lowercase':true}",
        "{'type':'BertNormalizer','clean_text':false,'handle_chinese_chars':true,"
                + "'strip_accents':true,'lowercase':false}",
        "{'type':'NFC'}", "{'type':'NFD'}", "{'type':'NFKC'}", "{'type':'NFKD'}", "{'type':'Lowercase'}",
        "{'type':'StripAccents'}",
        "{'type':'Sequence','normalizers':[{'type':'NFKD'},{'type':'StripAccents'},"
                + "{'type':'Lowercase'},{'type':'NFC'}]}"})
    void normaliser(String quoted) throws IOException {
        String json = quoted.replace('\'', '"');
        Normalizer ours = Normalizer.read(parse(json));
        try (Original original = Original.stages(json, null)) {
            for (String text : allCodePoints()) {
                compare(original.normalize(text), ours.normalize(AlignedText.of(text)).toString(), text);
            }
            UnicodeText generated = new UnicodeText(8);
            for (int i = 0; i < 3000; i++) {
                String text = generated.line();
                compare(original.normalize(text), ours.normalize(AlignedText.of(text)).toString(), text);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'type':'BertPreTokenizer'}", "{'type':'Whitespace'}", "{'type':'WhitespaceSplit'}",
        "{'type':'Sequence','pretokenizers':[{'type':'WhitespaceSplit'},{'type':'BertPreTokenizer'}]}"})
    void preTokeniser(String quoted) throws IOException {
        String json = quoted.replace('\'', '"');
        PreTokenizer ours = PreTokenizer.read(parse(json));
        try (Original original = Original.stages("null", json)) {
            List<String> texts = allCodePoints();
            UnicodeText generated = new UnicodeText(9);
            for (int i = 0; i < 2000; i++) {
                texts.add(generated.line());
            }
            for (String text : texts) {
                compare(original.words(text).toString(), words(ours, text).toString(), text);
            }
        }
    }

    /**
     * Every code point between two letters, some hundreds in a text. The planes without assigned characters, and those
     * of private use, are represented by each 97th.
     */
    private static List<String> allCodePoints() {
        List<String> out = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            boolean sparse = c >= 0x34000 && c < 0xE0000 || c >= 0xE1000;
            if (!(sparse && c % 97 != 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
                text.append('x').appendCodePoint(c).append('y');
            }
            if (text.length() >= 1500 || c == Character.MAX_CODE_POINT) {
                out.add(text.toString());
                text.setLength(0);
            }
        }
        return out;
    }

    private static List<String> words(PreTokenizer preTokenizer, String text) {
        AlignedText aligned = AlignedText.of(text);
        Words whole = new Words(aligned);
        whole.add(0, aligned.length());
        Words words = preTokenizer.split(whole);
        List<String> out = new ArrayList<>();
        for (int i = 0; i < words.count(); i++) {
            out.add(words.text.substring(words.start(i), words.end(i)));
        }
        return out;
    }

    private static void compare(String expected, String actual, String text) {
        if (!expected.equals(actual)) {
            assertEquals(hex(expected), hex(actual), () -> hex(text));
        }
    }

    private static String hex(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(c -> out.append(Integer.toHexString(c)).append(' '));
        return out.toString();
    }

    private static JsonValue parse(String json) throws IOException {
        return JsonReader.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), "test", 10_000);
    }
}
