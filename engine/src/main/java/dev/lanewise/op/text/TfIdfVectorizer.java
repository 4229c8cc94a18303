package dev.lanewise.op.text;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * ONNX TfIdfVectorizer-9: how often n-grams of a pool occur in rows of words {@code [n]} or {@code [rows, n]} (STRING, INT32 or
 * INT64): FLOAT {@code [size]} or {@code [rows, size]}.
 *
 * @param mode what is said of an n-gram
 * @param lengths shortest and longest n-gram, then most words left out between two of one
 * @param grams the n-grams, in order of the pool; words as strings
 * @param places for each n-gram its place in the output
 * @param weights for each n-gram; empty for 1
 */
public record TfIdfVectorizer(Mode mode, Lengths lengths, List<List<String>> grams, List<Integer> places,
        List<Float> weights) implements Operator {
    /** Count, weight where it occurs, or count times weight. */
    public enum Mode {
        TF, IDF, TFIDF
    }

    /** Shortest and longest n-gram, and most words left out between two of one. */
    public record Lengths(int least, int most, int skips) {
    }

    public TfIdfVectorizer {
        grams = List.copyOf(grams);
        places = List.copyOf(places);
        weights = List.copyOf(weights);
    }

    private int size() {
        return places.stream().mapToInt(p -> p + 1).max().orElse(0);
    }

    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, DataType.STRING, DataType.INT32, DataType.INT64);
        if (grams.size() != places.size() || !weights.isEmpty() && weights.size() != grams.size()
                || lengths.least < 1 || lengths.most < lengths.least || lengths.skips < 0) {
            throw in.error("a place and a weight for each n-gram, and lengths of 1 or more", grams.size() + " n-grams, "
                    + places.size() + " places, " + weights.size() + " weights, " + lengths, "correct the attributes");
        }
        Dim[] shape = in.shape(0);
        if (shape == null) {
            return List.of(Fact.unknown(DataType.FLOAT));
        }
        if (shape.length != 1 && shape.length != 2) {
            throw in.error("words [n] or [rows, n]", in.input(0).toString(), "reshape them");
        }
        Dim[] out = shape.clone();
        out[shape.length - 1] = Dim.constant(size());
        return List.of(Fact.of(DataType.FLOAT, out));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        int words = x.dim(x.rank() - 1);
        int rows = x.rank() == 1 ? 1 : x.dim(0);
        int size = size();
        Map<List<String>, Integer> known = new HashMap<>();
        for (int g = 0; g < grams.size(); g++) {
            known.put(grams.get(g), g);
        }
        float[] y = new float[rows * size];
        for (int r = 0; r < rows; r++) {
            List<String> row = new ArrayList<>();
            for (int i = 0; i < words; i++) {
                row.add(x.type() == DataType.STRING ? x.strings()[r * words + i]
                        : Long.toString(x.longAt(r * words + i)));
            }
            int[] counts = count(row, known);
            for (int g = 0; g < counts.length; g++) {
                float weight = weights.isEmpty() ? 1 : weights.get(g);
                y[r * size + places.get(g)] += switch (mode) {
                    case TF -> counts[g];
                    case IDF -> counts[g] > 0 ? weight : 0;
                    case TFIDF -> counts[g] * weight;
                };
            }
        }
        return new Tensor[] {x.rank() == 1 ? Tensor.of(y, size) : Tensor.of(y, rows, size)};
    }

    /** Single words have nothing between them, so they count once whatever may be left out. */
    private int[] count(List<String> row, Map<List<String>, Integer> known) {
        int[] counts = new int[grams.size()];
        for (int n = lengths.least; n <= lengths.most; n++) {
            for (int step = 1; step <= (n == 1 ? 1 : lengths.skips + 1); step++) {
                long reach = (long) (n - 1) * step;
                for (int start = 0; start + reach < row.size(); start++) {
                    List<String> gram = new ArrayList<>();
                    for (int i = 0; i < n; i++) {
                        gram.add(row.get(start + i * step));
                    }
                    Integer found = known.get(gram);
                    if (found != null) {
                        counts[found]++;
                    }
                }
            }
        }
        return counts;
    }
}
