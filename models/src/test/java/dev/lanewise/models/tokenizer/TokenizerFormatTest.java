package dev.lanewise.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.LanewiseException;
import dev.lanewise.ModelFormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Damaged and unsupported files: always a typed exception that says where. */
class TokenizerFormatTest {
    private static final String GOOD = new String(SmallTokenizer.BERT.json(), StandardCharsets.UTF_8);

    private static ModelFormatException damaged(String json) {
        return assertThrows(ModelFormatException.class,
                () -> SmallTokenizer.load(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static void unsupported(SmallTokenizer small, String path, String component) {
        UnsupportedTokenizerException e = assertThrows(UnsupportedTokenizerException.class, small::load);
        assertEquals(path, e.path());
        assertEquals(component, e.component());
        assertTrue(e.getMessage().contains("small.json") && e.getMessage().contains(component), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "\"[UNK]\":0 | \"[UNK]\":\"0\" | $.model.vocab.[UNK] | the string '0'",
        "\"[UNK]\":0 | \"[UNK]\":-1 | $.model.vocab.[UNK] | -1",
        "\"[UNK]\":0 | \"[UNK]\":0.5 | $.model.vocab.[UNK] | 0.5",
        "\"[UNK]\":0 | \"[UNK]\":99999999999999999999 | $.model.vocab.[UNK] | 1.0E20",
        "\"[UNK]\":0 | \"[UNK]\":20000000 | $.model.vocab.[UNK] | 20000000",
        "\"[CLS]\":1 | \"[CLS]\":0 | $.model.vocab.[CLS] | the id of '[UNK]'",
        "\"ab\":7 | \"a\":7 | $.model.vocab.a | 'a' twice",
        "\"sep\":[\"[SEP] | \"sep\":[\"\\ud800 | $.post_processor.sep[0] | surrogate",
        "\"unk_token\":\"[UNK]\" | \"unk_token\":\"[unk]\" | $.model.unk_token | '[unk]'",
        "\"unk_token\":\"[UNK]\", | `` | $.model.unk_token | nothing",
        "\"clean_text\":true | \"clean_text\":1 | $.normalizer.clean_text | 1",
        "\"added_tokens\":[] | \"added_tokens\":[{\"id\":17,\"content\":\"<x>\"}] | $.added_tokens[0].id | found 17",
        "\"added_tokens\":[] | \"added_tokens\":[{\"id\":3,\"content\":\"b\"}] | $.added_tokens[0].id | found 3",
        "\"added_tokens\":[] | \"added_tokens\":[{\"id\":16,\"content\":\"\\u0301\"}]"
                + " | $.added_tokens[0].content | leaves",
        "\"added_tokens\":[] | \"added_tokens\":{} | $.added_tokens | an object",
        "[\"[SEP]\",2] | [\"[SEP]\"] | $.post_processor.sep | 1 elements",
        "\"truncation\":null | \"truncation\":{} | $.truncation.max_length | nothing",
        "\"padding\":null | \"padding\":{\"strategy\":\"Longest\"} | $.padding.strategy | Longest",
        "\"version\":\"1.0\" | \"version\":\"1.0\",\"version\":1 | $.version | twice"})
    void namesThePlace(String from, String to, String path, String found) {
        String changed = GOOD.replace(from, to == null ? "" : to);
        assertTrue(!changed.equals(GOOD), from);
        ModelFormatException e = damaged(changed);
        assertEquals(path, e.where());
        assertEquals("small.json", e.source());
        assertTrue(e.getMessage().startsWith("small.json: $") && e.getMessage().contains(found), e.getMessage());
    }

    @Test
    void namesWhatIsNotSupported() {
        SmallTokenizer bert = SmallTokenizer.BERT;
        unsupported(bert.withModel("{'type':'BPE','vocab':{},'merges':[]}"), "$.model", "BPE");
        unsupported(bert.withModel("{'type':'Unigram','vocab':[]}"), "$.model", "Unigram");
        unsupported(bert.withPreTokenizer("{'type':'Sequence','pretokenizers':[{'type':'ByteLevel'}]}"),
                "$.pre_tokenizer.pretokenizers[0]", "ByteLevel");
        unsupported(bert.withNormalizer("{'type':'Precompiled'}"), "$.normalizer", "Precompiled");
        unsupported(bert.withPostProcessor("{'type':'RobertaProcessing'}"), "$.post_processor", "RobertaProcessing");
    }

    @Test
    void checksTemplates() {
        String one = "{'type':'TemplateProcessing','pair':[],'special_tokens':{},'single':";
        for (String single : new String[] {"[]", "[{'Sequence':{'id':'B','type_id':0}}]",
            "[{'SpecialToken':{'id':'[X]','type_id':0}}]",
            "[{'Sequence':{'id':'A','type_id':0}},{'Sequence':{'id':'A','type_id':0}}]", "[{'Sequence':{'id':'A'}}]",
            "[3]"}) {
            assertThrows(ModelFormatException.class,
                    SmallTokenizer.BERT.withPostProcessor(one + single + "}")::load, single);
        }
    }

    @Test
    void refusesWhatIsNotOneDocument() {
        assertTrue(damaged("").getMessage().contains("the end of the file"));
        damaged(GOOD + "{}");
        damaged("[]");
        damaged("null");
        damaged("[".repeat(100_000));
        assertTrue(damaged("{\"a\":".repeat(65)).getMessage().contains("64"));
        byte[] invalid = SmallTokenizer.BERT.json();
        invalid[GOOD.indexOf("Bert")] = (byte) 0xC0;
        String message = assertThrows(ModelFormatException.class, () -> SmallTokenizer.load(invalid)).getMessage();
        assertTrue(message.contains("UTF-8"), message);
    }

    @Test
    void readsNoMoreThanAllowed() {
        byte[] large = (GOOD + " ".repeat(1 << 20)).getBytes(StandardCharsets.UTF_8);
        ModelFormatException e = assertThrows(ModelFormatException.class,
                () -> Tokenizer.load(new ByteArrayInputStream(large), "large.json", 100_000));
        assertTrue(e.getMessage().contains("100000") && e.getMessage().contains("larger limit"), e.getMessage());
    }

    @Test
    void everyCutAndEveryChangedByteIsHandled() {
        byte[] good = SmallTokenizer.BERT.json();
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThrows(ModelFormatException.class, () -> SmallTokenizer.load(cut));
        }
        Random random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = good.clone();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            try {
                SmallTokenizer.load(changed).encode("ab é <x> 😀");
            } catch (LanewiseException e) {
                assertTrue(e.getMessage().contains("small.json"), e.getMessage());
            } catch (IOException e) {
                throw new AssertionError("a damaged file is no input/output failure", e);
            }
        }
    }
}
