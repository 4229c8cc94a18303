package dev.lanewise.models.tokenizer;

import dev.lanewise.loaders.json.JsonValue;
import java.util.List;

/** The way back: joins tokens to a text. */
sealed interface Decoder {

    String decode(List<String> tokens);

    /** Sets a space between all tokens. */
    record Plain() implements Decoder {
        @Override
        public String decode(List<String> tokens) {
            return String.join(" ", tokens);
        }
    }

    /** Sets a space before each token that does not start with the prefix of continuing tokens. */
    record WordPieceDecoder(String prefix, boolean cleanup) implements Decoder {
        /** Spaces that English does not want: each pair is replaced in this order. */
        private static final String[][] CLEANUP = {{" .", "."}, {" ?", "?"}, {" !", "!"}, {" ,", ","}, {" ' ", "'"},
            {" n't", "n't"}, {" 'm", "'m"}, {" do not", " don't"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}};

        @Override
        public String decode(List<String> tokens) {
            StringBuilder out = new StringBuilder();
            for (int i = 0; i < tokens.size(); i++) {
                String token = tokens.get(i);
                if (i > 0) {
                    token = token.startsWith(prefix) ? token.substring(prefix.length()) : " " + token;
                }
                out.append(cleanup ? clean(token) : token);
            }
            return out.toString();
        }

        private static String clean(String token) {
            for (String[] pair : CLEANUP) {
                token = token.replace(pair[0], pair[1]);
            }
            return token;
        }
    }

    static Decoder read(JsonValue json) {
        if (json.isNull()) {
            return new Plain();
        }
        String type = json.get("type").string();
        if (type.equals("WordPiece")) {
            return new WordPieceDecoder(json.get("prefix").string(), json.get("cleanup").bool(true));
        }
        throw UnsupportedTokenizerException.of(json, "decoder", type);
    }
}
