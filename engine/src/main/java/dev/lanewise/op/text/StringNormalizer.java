package dev.lanewise.op.text;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * ONNX StringNormalizer-10: strings {@code [n]} or {@code [1, n]} without stop words and in one case; one empty string where none
 * is left.
 *
 * @param letters what case they get
 * @param caseSensitive whether stop words are looked for as they are written
 * @param stopWords what is left out
 * @param locale whose rules of upper and lower case hold, such as {@code en_US}
 */
public record StringNormalizer(Letters letters, boolean caseSensitive, List<String> stopWords, String locale)
        implements Operator {
    /** What becomes of upper and lower case. */
    public enum Letters {
        NONE, LOWER, UPPER
    }

    public StringNormalizer {
        stopWords = List.copyOf(stopWords);
    }

    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, DataType.STRING);
        Dim[] shape = in.shape(0);
        boolean row = shape == null || shape.length == 1
                || shape.length == 2 && (!shape[0].isConstant() || shape[0].is(1));
        if (!row) {
            throw in.error("strings [n] or [1, n]", in.input(0).toString(), "reshape them");
        }
        return List.of(stopWords.isEmpty() && shape != null && shape[shape.length - 1].isAtLeast(1)
                ? Fact.of(DataType.STRING, shape) : Fact.unknown(DataType.STRING));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Locale rules = Locale.forLanguageTag(locale.replace('_', '-'));
        Set<String> stops = new HashSet<>();
        stopWords.forEach(w -> stops.add(caseSensitive ? w : w.toLowerCase(rules)));
        List<String> kept = new ArrayList<>();
        for (String s : inputs[0].strings()) {
            if (!stops.contains(caseSensitive ? s : s.toLowerCase(rules))) {
                kept.add(switch (letters) {
                    case NONE -> s;
                    case LOWER -> s.toLowerCase(rules);
                    case UPPER -> s.toUpperCase(rules);
                });
            }
        }
        if (kept.isEmpty()) {
            kept.add("");
        }
        int[] shape = inputs[0].rank() == 2 ? new int[] {1, kept.size()} : new int[] {kept.size()};
        return new Tensor[] {Tensor.of(kept.toArray(String[]::new), shape)};
    }
}
