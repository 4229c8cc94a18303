package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * ONNX Unique-11: the distinct elements (or slices along {@code axis}). Outputs: these; for each the position of its first
 * occurrence; for each element of the input its place among them; for each how often it occurs (all INT64 lists).
 *
 * @param axis may be negative; null compares elements of the flattened input
 * @param sorted in ascending order; otherwise in the order of first occurrence
 */
public record Unique(Integer axis, boolean sorted) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        if (axis != null && in.shape(0) != null) {
            in.axis(axis, in.shape(0).length);
        }
        Fact list = Fact.unknown(DataType.INT64);
        return List.of(Fact.unknown(in.type(0)), list, list, list);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = axis == null ? inputs[0].reshape(inputs[0].size()) : inputs[0];
        int at = axis == null ? 0 : Layout.axis(axis, x.rank());
        int outer = Layout.product(x.shape(), 0, at);
        int inner = Layout.product(x.shape(), at + 1, x.rank());
        int n = x.dim(at);
        Comparator<Integer> order = (a, b) -> {
            for (int i = 0; i < outer * inner; i++) {
                int base = i / inner * n * inner + i % inner;
                int c = compare(x, base + a * inner, base + b * inner);
                if (c != 0) {
                    return c;
                }
            }
            return 0;
        };
        TreeMap<Integer, List<Integer>> groups = new TreeMap<>(order);
        for (int i = 0; i < n; i++) {
            groups.computeIfAbsent(i, k -> new ArrayList<>()).add(i);
        }
        List<List<Integer>> found = new ArrayList<>(groups.values());
        if (!sorted) {
            found.sort(Comparator.comparing(List::getFirst));
        }
        long[] firsts = found.stream().mapToLong(List::getFirst).toArray();
        long[] counts = found.stream().mapToLong(List::size).toArray();
        long[] inverse = new long[n];
        IntStream.range(0, found.size()).forEach(g -> found.get(g).forEach(i -> inverse[i] = g));
        Tensor firstPositions = Tensor.of(firsts, firsts.length);
        Tensor values = new Gather(at).evaluate(new Tensor[] {x, firstPositions})[0];
        return new Tensor[] {values, firstPositions, Tensor.of(inverse, n), Tensor.of(counts, counts.length)};
    }

    private static int compare(Tensor x, int i, int j) {
        return switch (x.type()) {
            case STRING -> x.strings()[i].compareTo(x.strings()[j]);
            case UINT64 -> Long.compareUnsigned(x.longs()[i], x.longs()[j]);
            default -> x.type().isFloatingPoint() ? Double.compare(Elements.doubleAt(x, i) + 0.0,
                    Elements.doubleAt(x, j) + 0.0) : Long.compare(x.longAt(i), x.longAt(j));
        };
    }
}
