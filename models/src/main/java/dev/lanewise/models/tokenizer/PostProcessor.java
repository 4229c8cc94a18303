package dev.lanewise.models.tokenizer;

import dev.lanewise.loaders.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/**
 * Fourth stage: sets special tokens around one text or a pair, and gives each token its type id. Every post-processor
 * that exists so far is a template of pieces.
 */
record PostProcessor(List<Piece> single, List<Piece> pair) {

    sealed interface Piece {
        int typeId();
    }

    /** The tokens of a text: the first, or the second of a pair. */
    record Text(boolean second, int typeId) implements Piece {
    }

    record Special(int[] ids, String[] tokens, int typeId) implements Piece {
    }

    private static final List<Piece> PLAIN = List.of(new Text(false, 0), new Text(true, 1));

    static PostProcessor read(JsonValue json) {
        if (json.isNull()) {
            return new PostProcessor(PLAIN.subList(0, 1), PLAIN);
        }
        String type = json.get("type").string();
        return switch (type) {
            case "BertProcessing" -> bert(json);
            case "TemplateProcessing" ->
                    new PostProcessor(template(json, "single", false), template(json, "pair", true));
            default -> throw UnsupportedTokenizerException.of(json, "post_processor", type);
        };
    }

    private static PostProcessor bert(JsonValue json) {
        List<Piece> pair = List.of(named(json.get("cls"), 0), PLAIN.get(0), named(json.get("sep"), 0), PLAIN.get(1),
                named(json.get("sep"), 1));
        return new PostProcessor(pair.subList(0, 3), pair);
    }

    /** {@code ["[CLS]", 101]}. */
    private static Piece named(JsonValue json, int typeId) {
        List<JsonValue> parts = json.elements();
        if (parts.size() != 2) {
            throw json.error("a token and its id", parts.size() + " elements");
        }
        return new Special(new int[] {parts.get(1).integer(0, Integer.MAX_VALUE)}, new String[] {parts.get(0).string()},
                typeId);
    }

    private static List<Piece> template(JsonValue json, String name, boolean pair) {
        List<Piece> pieces = new ArrayList<>();
        for (JsonValue piece : json.get(name).elements()) {
            JsonValue sequence = piece.get("Sequence");
            if (!sequence.isNull()) {
                String id = sequence.get("id").string();
                if (!id.equals("A") && !(pair && id.equals("B"))) {
                    throw sequence.get("id").error(pair ? "A or B" : "A", id);
                }
                pieces.add(new Text(id.equals("B"), typeId(sequence)));
            } else {
                pieces.add(special(piece.get("SpecialToken"), json.get("special_tokens")));
            }
        }
        for (int i = 0; i < (pair ? 2 : 1); i++) {
            boolean second = i == 1;
            if (pieces.stream().filter(p -> p instanceof Text text && text.second == second).count() != 1) {
                throw json.get(name).error("each text once",
                        "sequence " + (second ? "B" : "A") + " missing or repeated");
            }
        }
        return List.copyOf(pieces);
    }

    private static Piece special(JsonValue piece, JsonValue definitions) {
        String id = piece.get("id").string();
        JsonValue definition = definitions.get(id);
        List<JsonValue> ids = definition.get("ids").elements();
        List<JsonValue> tokens = definition.get("tokens").elements();
        if (ids.size() != tokens.size()) {
            throw definition.error("as many ids as tokens", ids.size() + " ids, " + tokens.size() + " tokens");
        }
        return new Special(ids.stream().mapToInt(value -> value.integer(0, Integer.MAX_VALUE)).toArray(),
                tokens.stream().map(JsonValue::string).toArray(String[]::new), typeId(piece));
    }

    private static int typeId(JsonValue json) {
        return json.get("type_id").integer(0, Integer.MAX_VALUE);
    }

    /** How many tokens are set around one text, or a pair. */
    int added(boolean isPair) {
        return pieces(isPair).stream().mapToInt(piece -> piece instanceof Special special ? special.ids.length : 0)
                .sum();
    }

    /** {@code second} is null for one text; without {@code withSpecial} only the texts count. */
    Encoding apply(TokenBuffer first, TokenBuffer second, boolean withSpecial) {
        int length = first.count;
        boolean truncated = first.truncated;
        if (second != null) {
            length += second.count;
            truncated |= second.truncated;
        }
        Encoding out = new Encoding(length + (withSpecial ? added(second != null) : 0), truncated);
        int at = 0;
        for (Piece piece : pieces(second != null)) {
            if (piece instanceof Text text) {
                at = out.putText(at, text.second ? second : first, text.typeId);
            } else if (withSpecial && piece instanceof Special special) {
                for (int i = 0; i < special.ids.length; i++) {
                    out.putSpecial(at++, special.ids[i], special.tokens[i], special.typeId, 1);
                }
            }
        }
        return out;
    }

    private List<Piece> pieces(boolean isPair) {
        return isPair ? pair : single;
    }
}
