package dev.lanewise.exec;

import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Node;
import java.util.Arrays;

/** The values of a node as tensors: what it reads, and what it made in memory of its own. */
final class HeapValues {
    private final Node node;
    private final int[] inputs;
    private final int[] outputs;

    /** Missing optional inputs have slot -1. */
    HeapValues(Node node, int[] inputs, int[] outputs) {
        this.node = node;
        this.inputs = inputs;
        this.outputs = outputs;
    }

    int count() {
        return inputs.length;
    }

    void read(Frame frame, Tensor[] into) {
        for (int i = 0; i < inputs.length; i++) {
            into[i] = inputs[i] < 0 ? null : tensor(frame, inputs[i], node.input(i).fact().type());
        }
    }

    void store(Frame frame, Tensor[] results) {
        for (int i = 0; i < outputs.length && i < results.length; i++) {
            if (results[i] != null) {
                store(frame, i, owned(frame, results[i]));
            }
        }
    }

    /** A result apart from the arguments' memory, which may be the arena's and hold something else before it is read. */
    private Tensor owned(Frame frame, Tensor result) {
        if (isShared(frame, result)) {
            return copy(result);
        }
        if (result.type().isElement()) {
            return result;
        }
        Tensor[] elements = ((Tensor[]) result.array()).clone();
        for (int i = 0; i < elements.length; i++) {
            elements[i] = owned(frame, elements[i]);
        }
        return Tensor.of(result.type(), elements, result.shape());
    }

    private boolean isShared(Frame frame, Tensor result) {
        return Arrays.stream(inputs).anyMatch(slot -> slot >= 0 && frame.array(slot) == result.array());
    }

    private void store(Frame frame, int output, Tensor result) {
        int slot = outputs[output];
        boolean known = node.outputs().get(output).fact().hasShape();
        if (known && !result.hasShape(frame.shapes[slot])) {
            throw new ModelFormatException(null, "node '" + node.name() + "' (" + node.operator().name() + ")",
                    "output of shape " + Arrays.toString(frame.shapes[slot]), result.toString(), "check the inputs");
        }
        frame.arrays[slot] = result.array();
        frame.offsets[slot] = 0;
        if (!known) {
            frame.shapes[slot] = result.shape();
        }
    }

    /** The value in a slot as a tensor; shares the array where the slot fills it. */
    static Tensor tensor(Frame frame, int slot, DataType type) {
        int[] shape = frame.shape(slot);
        int size = Tensor.sizeOf(shape);
        Object array = frame.array(slot);
        if (frame.offset(slot) != 0 || DataType.Storage.lengthOf(array) != size) {
            Object copy = type.storage().newArray(size);
            System.arraycopy(array, frame.offset(slot), copy, 0, size);
            array = copy;
        }
        return Tensor.of(type, array, shape);
    }

    /** The same in other memory, elements of sequences included. */
    static Tensor copy(Tensor t) {
        Object array = t.type().storage().newArray(t.size());
        System.arraycopy(t.array(), 0, array, 0, t.size());
        if (array instanceof Tensor[] elements) {
            for (int i = 0; i < elements.length; i++) {
                elements[i] = copy(elements[i]);
            }
        }
        return Tensor.of(t.type(), array, t.shape());
    }
}
