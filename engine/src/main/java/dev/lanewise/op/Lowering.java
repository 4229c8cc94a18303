package dev.lanewise.op;

import dev.lanewise.DataType;
import dev.lanewise.DeferredData;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Node;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.PackedWeights;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** What an operator sees while it is lowered: the facts of its node, slots for its values, and the compiler's services. */
public interface Lowering {
    /** A step maker that says: the output is input {@code i} under another shape; no step runs. */
    Supplier<Step> view(int input);

    Node node();

    Kernels kernels();

    /** Slot of input {@code i}. Asking for it makes the value computed; a shape operand known by its content needs no slot. */
    int input(int i);

    /** Slot of output {@code i}. */
    int output(int i);

    /**
     * Slot of output {@code i}, in the memory of input {@code input} where nothing reads that any more, this node's other
     * inputs included; else in memory of its own. For steps that read each element of the input before they write the one in
     * its place.
     */
    int outputOver(int i, int input);

    /** Slot of memory for the step alone, whose content is lost between runs. */
    int workspace(DataType type, Dim... shape);

    /** Whether any node or the caller reads output {@code i}. */
    boolean isRead(int i);

    /** Index for {@link dev.lanewise.exec.Frame#dim} of an expression that is evaluated at each bind. */
    int dim(Dim expression);

    /**
     * Index for {@link dev.lanewise.exec.Frame#setCount} of a size that the step sets in each run: the steps after it run with it.
     *
     * @param symbol a symbol of the outputs of other nodes; the sizes of this node's own must not depend on it
     * @param most its largest value, which memory is planned for
     */
    int count(Dim symbol, Dim most);

    /**
     * Constants in a form made for kernels, made once per model whatever number of plans: looked up by the constants'
     * identity and the kind of packing.
     */
    <T> T pack(List<Tensor> constants, String kind, Supplier<T> packing);

    /** Gives the elements of a constant back out of the form that it was packed to. */
    interface Unpacking<T> {
        /** @param constant which of the constants that were packed together */
        DeferredData.Source elements(T packed, int constant);
    }

    /** The same for a form that says all: the constants' own elements are let go of, so that weights are in memory once. */
    <T> T pack(List<Tensor> constants, String kind, Supplier<T> packing, Unpacking<T> unpacking);

    /** Weights {@code [k, n0]}, {@code [k, n1]} …, all FLOAT or all INT8, side by side in panels: in fewer bits where they all are. */
    default PackedWeights panels(List<Tensor> weights) {
        return pack(weights, "panels", () -> PackedWeights.pack(weights),
                (all, part) -> PackedWeights.part(all, weights, part));
    }

    default <T> T pack(Tensor constant, String kind, Function<Tensor, T> packing) {
        return pack(List.of(constant), kind, () -> packing.apply(constant));
    }

    default Fact in(int i) {
        return node().input(i).fact();
    }

    default boolean has(int i) {
        return node().input(i) != null;
    }

    /** The constant at input {@code i}, or null. */
    default Tensor constant(int i) {
        return has(i) ? in(i).constant() : null;
    }

    default Fact out(int i) {
        return node().outputs().get(i).fact();
    }
}
