package dev.lanewise.models.tokenizer;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A {@code tokenizer.json} of a few lines, with parts to exchange; single quotes stand for double ones. */
record SmallTokenizer(String addedTokens, String normalizer, String preTokenizer, String postProcessor, String model) {

    static final SmallTokenizer BERT = new SmallTokenizer(
            "[]",
            "{'type':'BertNormalizer','clean_text':true,'handle_chinese_chars':true,'lowercase':true}",
            "{'type':'BertPreTokenizer'}",
            "{'type':'BertProcessing','sep':['[SEP]',2],'cls':['[CLS]',1]}",
            """
                    {'type':'WordPiece','unk_token':'[UNK]','continuing_subword_prefix':'##',
                     'max_input_chars_per_word':10,
                     'vocab':{'[UNK]':0,'[CLS]':1,'[SEP]':2,'a':3,'b':4,'##a':5,'##b':6,'ab':7,'##ba':8,
                     '-':9,'é':10,'##':11,'<':12,
                     '>':13,'😀':14,'##😀':15}}""");

    SmallTokenizer withAddedTokens(String json) {
        return new SmallTokenizer(json, normalizer, preTokenizer, postProcessor, model);
    }

    SmallTokenizer withNormalizer(String json) {
        return new SmallTokenizer(addedTokens, json, preTokenizer, postProcessor, model);
    }

    SmallTokenizer withPreTokenizer(String json) {
        return new SmallTokenizer(addedTokens, normalizer, json, postProcessor, model);
    }

    SmallTokenizer withPostProcessor(String json) {
        return new SmallTokenizer(addedTokens, normalizer, preTokenizer, json, model);
    }

    SmallTokenizer withModel(String json) {
        return new SmallTokenizer(addedTokens, normalizer, preTokenizer, postProcessor, json);
    }

    byte[] json() {
        String json =
                "{'version':'1.0','truncation':null,'padding':null,'added_tokens':" + addedTokens + ",'normalizer':"
                        + normalizer + ",'pre_tokenizer':" + preTokenizer + ",'post_processor':" + postProcessor
                        + ",'decoder':{'type':'WordPiece','prefix':'##','cleanup':true},'model':" + model + "}";
        return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    Tokenizer load() throws IOException {
        return load(json());
    }

    static Tokenizer load(byte[] json) throws IOException {
        return Tokenizer.load(new ByteArrayInputStream(json), "small.json");
    }
}
