package dev.lanewise.models.tokenizer;

import dev.lanewise.loaders.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/** First stage: changes characters (case, accents, control characters) before the text is cut into words. */
sealed interface Normalizer permits BertNormalizer, UnicodeForm, Normalizer.Mapped, Normalizer.Sequence {

    AlignedText normalize(AlignedText text);

    /** A normaliser that looks at each code point by itself. */
    record Mapped(CharacterMap map) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            return map.apply(text);
        }
    }

    /** One after the other; the empty sequence changes nothing. */
    record Sequence(List<Normalizer> steps) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            for (Normalizer step : steps) {
                text = step.normalize(text);
            }
            return text;
        }
    }

    static Normalizer read(JsonValue json) {
        if (json.isNull()) {
            return new Sequence(List.of());
        }
        String type = json.get("type").string();
        return switch (type) {
            case "BertNormalizer" -> BertNormalizer.read(json);
            case "Lowercase" -> new Mapped(new CharacterMap(Casing::lower));
            case "StripAccents" -> new Mapped(new CharacterMap(Normalizer::dropMark));
            case "NFC", "NFD", "NFKC", "NFKD" -> UnicodeForm.valueOf(type);
            case "Sequence" -> {
                List<Normalizer> steps = new ArrayList<>();
                json.get("normalizers").elements().forEach(step -> steps.add(read(step)));
                yield new Sequence(List.copyOf(steps));
            }
            default -> throw UnsupportedTokenizerException.of(json, "normalizer", type);
        };
    }

    private static void dropMark(int codePoint, StringBuilder out) {
        if (!CharacterClasses.NONSPACING_MARK.contains(codePoint) && !CharacterClasses.OTHER_MARK.contains(codePoint)) {
            out.appendCodePoint(codePoint);
        }
    }
}
