package dev.lanewise.exec;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Assumption;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * A compiled graph ready to be bound to sizes: slots for its values, makers of its steps, and which arena buffers must not
 * overlap. Immutable and shared by sessions; dimensions are expressions over the symbols of the inputs.
 *
 * @param symbols names that the input shapes define, in the order in which they are bound
 * @param slots every value that a run touches
 * @param steps what runs, in order
 * @param inputs slots of the inputs, in the order of the graph; -1 where nothing reads one
 * @param inputTypes type and declared shape of each input, read or not
 * @param outputs slots of the outputs, in the order of the graph
 * @param dims expressions that steps read at run time
 * @param counts sizes that steps find out while they run
 * @param assumptions what must hold for this plan to be right
 * @param conflicts for each slot with arena memory, the earlier ones alive at the same time
 */
public record Plan(List<String> symbols, List<Slot> slots, List<Entry> steps, int[] inputs, List<InputType> inputTypes,
        int[] outputs, Dim[] dims, List<Count> counts, List<Assumption> assumptions, int[][] conflicts) {

    /** Where a value's memory comes from. */
    public enum Place {
        /** The caller's input array. */
        INPUT,
        /** A constant of the model. */
        CONSTANT,
        /** The session's arena. */
        ARENA,
        /** The array of an output tensor. */
        OUTPUT,
        /** An array that a reference evaluation made. */
        HEAP
    }

    /**
     * One value.
     *
     * @param shape dimensions, null where only a run knows them
     * @param root slot whose memory this one shares: its own index unless it is a view
     * @param constant the tensor of a CONSTANT
     */
    public record Slot(String name, DataType type, Dim[] shape, Place place, int root, Tensor constant) {
    }

    /**
     * One step with the node it came from and the slots that it reads and writes.
     *
     * @param counts whether it sets counts; what it writes has sizes that do not depend on them
     */
    public record Entry(String name, String operator, Supplier<Step> maker, int[] slots, boolean counts) {
    }

    /**
     * A size that a step sets during a run, such as the tokens that are kept.
     *
     * @param symbol its name in dimensions
     * @param most its upper bound, which memory is planned for
     */
    public record Count(String symbol, Dim most) {
    }

    /** What an input must look like; the shape is null where the model does not say. */
    public record InputType(String name, DataType type, Dim[] shape, Fact fact) {
    }

    /** Whether every shape follows from the input shapes. */
    public boolean isStatic() {
        return slots.stream().allMatch(s -> s.shape() != null);
    }

    int[] roots() {
        return slots.stream().mapToInt(Slot::root).toArray();
    }

    /** For people: slots, steps and which of them share memory. */
    public String describe() {
        StringBuilder out = new StringBuilder("symbols " + symbols + ", assumptions " + assumptions + "\n");
        for (int i = 0; i < slots.size(); i++) {
            Slot s = slots.get(i);
            out.append(String.format("%%%d %s%s %s%s %s%n", i, s.type,
                    s.shape == null ? "[?]" : Arrays.toString(s.shape), s.place,
                    s.root == i ? "" : " view of %" + s.root, s.name));
        }
        steps.forEach(e -> out.append(e.operator).append("  ").append(e.name).append('\n'));
        return out.toString();
    }
}
