package dev.lanewise.op.text;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * ONNX StringSplit-20: strings in parts. Outputs: the parts along a new last axis as long as the most parts need, filled up with
 * empty strings; how many parts each has (INT64).
 *
 * @param delimiter what is between parts; empty for any run of white space, at the ends as well
 * @param most most splits of a string, from its start; null for all
 */
public record StringSplit(String delimiter, Long most) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, DataType.STRING);
        return List.of(Fact.unknown(DataType.STRING), new Fact(DataType.INT64, in.shape(0), null, null));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        List<List<String>> all = new ArrayList<>();
        int longest = 0;
        long[] counts = new long[x.size()];
        for (int i = 0; i < counts.length; i++) {
            List<String> parts = parts(x.strings()[i]);
            all.add(parts);
            counts[i] = parts.size();
            longest = Math.max(longest, parts.size());
        }
        int[] shape = Arrays.copyOf(x.shape(), x.rank() + 1);
        shape[x.rank()] = longest;
        Tensor y = Tensor.zeros(DataType.STRING, shape);
        for (int i = 0; i < counts.length; i++) {
            for (int p = 0; p < all.get(i).size(); p++) {
                y.strings()[i * longest + p] = all.get(i).get(p);
            }
        }
        return new Tensor[] {y, Tensor.of(counts, x.shape())};
    }

    private List<String> parts(String text) {
        boolean byBlanks = delimiter.isEmpty();
        String rest = byBlanks ? text.strip() : text;
        List<String> parts = new ArrayList<>();
        if (rest.isEmpty()) {
            return parts;
        }
        for (long splits = 0; most == null || splits < most; splits++) {
            int end = byBlanks ? blank(rest) : rest.indexOf(delimiter);
            if (end < 0) {
                break;
            }
            parts.add(rest.substring(0, end));
            rest = byBlanks ? rest.substring(end).strip() : rest.substring(end + delimiter.length());
        }
        parts.add(rest);
        return parts;
    }

    private static int blank(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isWhitespace(text.charAt(i))) {
                return i;
            }
        }
        return -1;
    }
}
