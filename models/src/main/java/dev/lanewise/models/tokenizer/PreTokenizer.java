package dev.lanewise.models.tokenizer;

import dev.lanewise.loaders.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/** Second stage: cuts the normalised text into words, which the model never joins. It may hand on another text. */
sealed interface PreTokenizer permits PreTokenizer.Splitter, PreTokenizer.Sequence {

    Words split(Words words);

    /** What a character does to the word around it. */
    enum Cut {
        /** Belongs to a word, ends one, is one by itself, belongs to a word of its own kind. */
        WORD, DROP, ALONE, OTHER_WORD
    }

    /** The splitters that look at one character at a time. */
    enum Splitter implements PreTokenizer {
        /** At white space, and punctuation stands alone. */
        BERT {
            @Override
            Cut cut(int c) {
                return CharacterClasses.WHITESPACE.contains(c) ? Cut.DROP
                        : CharacterClasses.PUNCTUATION.contains(c) ? Cut.ALONE : Cut.WORD;
            }
        },
        /** At white space. */
        WHITESPACE_SPLIT {
            @Override
            Cut cut(int c) {
                return CharacterClasses.WHITESPACE.contains(c) ? Cut.DROP : Cut.WORD;
            }
        },
        /** At white space, and between word characters and others: {@code \w+|[^\w\s]+}. */
        WHITESPACE {
            @Override
            Cut cut(int c) {
                return CharacterClasses.WHITESPACE.contains(c) ? Cut.DROP
                        : WordCharacter.is(c) ? Cut.WORD : Cut.OTHER_WORD;
            }
        };

        abstract Cut cut(int codePoint);

        @Override
        public Words split(Words words) {
            AlignedText text = words.text;
            Words out = new Words(text);
            for (int w = 0; w < words.count(); w++) {
                int begin = words.start(w);
                Cut current = Cut.WORD;
                for (int i = begin; i < words.end(w);) {
                    int c = text.codePointAt(i);
                    int next = i + Character.charCount(c);
                    Cut cut = cut(c);
                    if (cut != current || cut == Cut.ALONE) {
                        add(out, current, begin, i);
                        begin = i;
                        current = cut;
                    }
                    i = next;
                }
                add(out, current, begin, words.end(w));
            }
            return out;
        }

        private static void add(Words out, Cut cut, int start, int end) {
            if (cut != Cut.DROP) {
                out.add(start, end);
            }
        }
    }

    /** One after the other; the empty sequence changes nothing. */
    record Sequence(List<PreTokenizer> steps) implements PreTokenizer {
        @Override
        public Words split(Words words) {
            for (PreTokenizer step : steps) {
                words = step.split(words);
            }
            return words;
        }
    }

    static PreTokenizer read(JsonValue json) {
        if (json.isNull()) {
            return new Sequence(List.of());
        }
        String type = json.get("type").string();
        return switch (type) {
            case "BertPreTokenizer" -> Splitter.BERT;
            case "Whitespace" -> Splitter.WHITESPACE;
            case "WhitespaceSplit" -> Splitter.WHITESPACE_SPLIT;
            case "Sequence" -> {
                List<PreTokenizer> steps = new ArrayList<>();
                json.get("pretokenizers").elements().forEach(step -> steps.add(read(step)));
                yield new Sequence(List.copyOf(steps));
            }
            default -> throw UnsupportedTokenizerException.of(json, "pre_tokenizer", type);
        };
    }
}
