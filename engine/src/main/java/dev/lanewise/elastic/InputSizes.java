package dev.lanewise.elastic;

import dev.lanewise.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Shapes of a request's inputs by name. */
public record InputSizes(SortedMap<String, List<Integer>> shapes) {
    public InputSizes {
        shapes = Collections.unmodifiableSortedMap(new TreeMap<>(shapes));
    }

    public static InputSizes of(Map<String, Tensor> inputs) {
        SortedMap<String, List<Integer>> shapes = new TreeMap<>();
        inputs.forEach((name, t) -> shapes.put(name, Arrays.stream(t.shape()).boxed().toList()));
        return new InputSizes(shapes);
    }

    /** Whether every dimension is at least that of the other request. */
    boolean covers(InputSizes other) {
        return shapes.keySet().equals(other.shapes.keySet())
                && shapes.entrySet().stream().allMatch(e -> covers(e.getValue(), other.shapes.get(e.getKey())));
    }

    private static boolean covers(List<Integer> shape, List<Integer> other) {
        boolean is = shape.size() == other.size();
        for (int i = 0; is && i < shape.size(); i++) {
            is = shape.get(i) >= other.get(i);
        }
        return is;
    }

    /** Elements of all inputs. */
    long elements() {
        return shapes.values().stream().mapToLong(s -> s.stream().mapToLong(d -> d).reduce(1, (a, b) -> a * b)).sum();
    }

    static String text(List<Integer> shape) {
        return shape.stream().map(d -> Integer.toString(d)).collect(Collectors.joining("x"));
    }

    @Override
    public String toString() {
        return shapes.entrySet().stream().map(e -> e.getKey() + " " + text(e.getValue()))
                .collect(Collectors.joining(", "));
    }
}
