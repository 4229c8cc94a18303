package dev.lanewise.cli;

import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelMetadata.Port;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Inputs for a measurement, the same for each run of the command: normal numbers for floats, ids for integers. Integers
 * follow the names in use: a mask is all ones, token types are zeros, positions count up.
 */
final class RandomInputs {
    private static final int ID_LIMIT = 1000;

    private final Random random = new Random(1);
    private final Graph graph;

    /** @param graph the model's graph, which tells how many rows a table of embeddings has */
    RandomInputs(Graph graph) {
        this.graph = graph;
    }

    Map<String, Tensor> make(List<Port> inputs, Map<String, int[]> shapes) {
        Map<String, Tensor> made = new LinkedHashMap<>();
        for (Port input : inputs) {
            made.put(input.name(), make(input, shapes.get(input.name())));
        }
        return made;
    }

    private Tensor make(Port input, int[] shape) {
        Tensor t = Tensor.zeros(input.type(), shape);
        if (!input.type().isInteger()) {
            fillNumbers(t, input);
            return t;
        }
        int last = shape.length == 0 ? 1 : shape[shape.length - 1];
        int limit = idLimit(input);
        String name = input.name().toLowerCase(Locale.ROOT);
        for (int i = 0; i < t.size(); i++) {
            int value = name.contains("mask") ? 1
                    : name.contains("type") || name.contains("segment") ? 0
                    : name.contains("position") ? i % last
                    : random.nextInt(limit);
            switch (t.array()) {
                case long[] a -> a[i] = value;
                case int[] a -> a[i] = value;
                case short[] a -> a[i] = (short) value;
                case byte[] a -> a[i] = (byte) value;
                default -> throw new IllegalStateException(t.toString());
            }
        }
        return t;
    }

    private void fillNumbers(Tensor t, Port input) {
        switch (t.type()) {
            case FLOAT -> {
                for (int i = 0; i < t.size(); i++) {
                    t.floats()[i] = (float) random.nextGaussian();
                }
            }
            case DOUBLE -> {
                for (int i = 0; i < t.size(); i++) {
                    t.doubles()[i] = random.nextGaussian();
                }
            }
            case FLOAT16 -> {
                for (int i = 0; i < t.size(); i++) {
                    t.shorts()[i] = Float.floatToFloat16((float) random.nextGaussian());
                }
            }
            case BOOL -> {
                for (int i = 0; i < t.size(); i++) {
                    t.bytes()[i] = (byte) random.nextInt(2);
                }
            }
            default -> throw new InvalidInputException(input.name(), "a type that can be drawn at random",
                    input.type().toString(), "use run with an input file");
        }
    }

    /** Rows of the table that the input selects from, where there is one; at most 1000, and what the type can hold. */
    private int idLimit(Port input) {
        int limit = Math.min(ID_LIMIT, input.type().bits() <= 8 ? 1 << Math.min(7, input.type().bits() - 1) : ID_LIMIT);
        for (Node n : graph.nodes()) {
            Value indices = n.input(1);
            if (n.operator().name().equals("Gather") && indices != null && indices.name().equals(input.name())
                    && n.input(0).isConstant() && n.input(0).fact().rank() > 0) {
                limit = Math.min(limit, n.input(0).fact().constant().dim(0));
            }
        }
        return Math.max(1, limit);
    }
}
