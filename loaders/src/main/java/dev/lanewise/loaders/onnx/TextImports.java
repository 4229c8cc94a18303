package dev.lanewise.loaders.onnx;

import dev.lanewise.op.text.RegexFullMatch;
import dev.lanewise.op.text.StringConcat;
import dev.lanewise.op.text.StringNormalizer;
import dev.lanewise.op.text.StringSplit;
import dev.lanewise.op.text.TfIdfVectorizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Importers of the operators on strings. */
final class TextImports {
    private TextImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "StringConcat" -> n -> n.node(new StringConcat());
            case "StringSplit" -> n -> n.node(new StringSplit(n.text("delimiter", ""),
                    n.has("maxsplit") ? n.integer("maxsplit", 0) : null));
            case "RegexFullMatch" -> n -> n.node(new RegexFullMatch(n.text("pattern", "")));
            case "StringNormalizer" -> n -> n.node(new StringNormalizer(
                    StringNormalizer.Letters.valueOf(ShapeImports.choice(n, "case_change_action", "NONE", "NONE",
                            "LOWER", "UPPER")),
                    n.integer("is_case_sensitive", 0) != 0,
                    n.texts("stopwords") == null ? List.of() : List.of(n.texts("stopwords")),
                    n.text("locale", "en_US")));
            case "TfIdfVectorizer" -> n -> n.node(vectorizer(n));
            default -> null;
        };
    }

    private static TfIdfVectorizer vectorizer(OnnxNode n) {
        int most = Math.toIntExact(n.requiredInteger("max_gram_length"));
        int least = Math.toIntExact(n.requiredInteger("min_gram_length"));
        int skips = Math.toIntExact(n.requiredInteger("max_skip_count"));
        List<Integer> places = new ArrayList<>();
        for (long p : numbers(n, "ngram_indexes")) {
            if (p < 0 || p >= 1 << 30) {
                throw n.error("ngram_indexes in [0, 2^30)", Long.toString(p), "correct the attribute");
            }
            places.add((int) p);
        }
        List<Float> weights = new ArrayList<>();
        for (int i = 0; n.reals("weights") != null && i < n.reals("weights").length; i++) {
            weights.add(n.reals("weights")[i]);
        }
        return new TfIdfVectorizer(TfIdfVectorizer.Mode.valueOf(ShapeImports.choice(n, "mode", "TF", "TF", "IDF",
                "TFIDF")), new TfIdfVectorizer.Lengths(least, most, skips), grams(n), places, weights);
    }

    private static long[] numbers(OnnxNode n, String attribute) {
        if (n.integers(attribute) == null) {
            throw n.error("attribute '" + attribute + "'", "none", "add the attribute");
        }
        return n.integers(attribute);
    }

    /** The pool holds all single words, then all pairs, and so on; counts say where each kind begins. */
    private static List<List<String>> grams(OnnxNode n) {
        String[] pool = n.texts("pool_strings");
        if (pool == null) {
            pool = Arrays.stream(numbers(n, "pool_int64s")).mapToObj(Long::toString).toArray(String[]::new);
        }
        long[] starts = numbers(n, "ngram_counts");
        List<List<String>> grams = new ArrayList<>();
        for (int length = 1; length <= starts.length; length++) {
            long end = length < starts.length ? starts[length] : pool.length;
            long start = starts[length - 1];
            if (start < 0 || end > pool.length || start > end || (end - start) % length != 0) {
                throw n.error("ngram_counts that rise and divide the pool", Arrays.toString(starts), "correct them");
            }
            for (int i = (int) start; i < end; i += length) {
                grams.add(List.of(pool).subList(i, i + length));
            }
        }
        return grams;
    }
}
