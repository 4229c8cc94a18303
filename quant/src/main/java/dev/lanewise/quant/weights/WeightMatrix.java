package dev.lanewise.quant.weights;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.linear.Gemm;
import dev.lanewise.op.linear.MatMul;
import dev.lanewise.op.nn.Conv;
import dev.lanewise.op.shape.Gather;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A constant FLOAT matrix that a graph multiplies with, or reads rows of.
 *
 * @param constant {@code [k, n]} for axis 0, {@code [n, k]} for axis 1
 * @param axis along which sums go, of tables the one along a row
 * @param reader the first node that reads it
 * @param input what is multiplied with it, {@code [..., k]}; null for tables
 * @param isFilter a filter of a convolution, {@code [n, ...]}, whose input is an image
 */
public record WeightMatrix(Value constant, int axis, Node reader, Value input, boolean isFilter) {
    /** Smaller matrices save nothing worth a rounding. */
    public static final int SMALLEST = 1 << 10;

    /**
     * All of a graph, in the order of their first use. A matrix that is read along both axes counts by its first reader.
     *
     * @param filters whether convolutions count
     */
    public static List<WeightMatrix> of(Graph graph, boolean filters) {
        Map<Value, WeightMatrix> found = new LinkedHashMap<>();
        for (Node n : graph.nodes()) {
            WeightMatrix m = switch (n.operator()) {
                case MatMul p -> new WeightMatrix(n.input(1), 0, n, n.input(0), false);
                case Gemm g when !g.transposeA() && g.alpha() == 1 && g.beta() == 1 ->
                        new WeightMatrix(n.input(1), g.transposeB() ? 1 : 0, n, n.input(0), false);
                case Gather(int axis) when axis == 0 -> new WeightMatrix(n.input(0), 1, n, null, false);
                case Conv c when filters -> new WeightMatrix(n.input(1), 1, n, n.input(0), true);
                default -> null;
            };
            if (m != null && m.isMatrix()) {
                found.putIfAbsent(m.constant, m);
            }
        }
        return new ArrayList<>(found.values());
    }

    private boolean isMatrix() {
        Tensor t = constant.fact().constant();
        return t != null && t.type() == DataType.FLOAT && (t.rank() == 2 || isFilter && t.rank() > 2)
                && t.size() >= SMALLEST;
    }

    public String name() {
        return constant.name();
    }

    /** Name for people: the node's where the constant has none of its own that says anything. */
    public String label() {
        return reader.name().isEmpty() ? name() : reader.name();
    }

    /** As a matrix. */
    public Tensor weights() {
        Tensor t = constant.fact().constant();
        return t.rank() == 2 ? t : t.reshape(t.dim(0), t.size() / t.dim(0));
    }

    public boolean isTable() {
        return input == null;
    }

    /** Length of the sums, of a table's rows. */
    public int k() {
        return weights().dim(axis);
    }

    /** Number of sums, of a table's rows. */
    public int n() {
        return weights().dim(1 - axis);
    }

    /** Place of element i of the sum j. */
    int at(int i, int j) {
        return axis == 0 ? i * n() + j : j * k() + i;
    }
}
