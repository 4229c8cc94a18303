package dev.lanewise;

import java.util.Arrays;
import java.util.List;

/** The tensors that a run made, in the order of the model's outputs. They belong to the caller. */
public final class Outputs {
    private final List<String> names;
    private final Tensor[] tensors;

    Outputs(List<String> names, Tensor[] tensors) {
        this.names = names;
        this.tensors = tensors;
    }

    public List<String> names() {
        return names;
    }

    /** The output of that name; an error that lists the names where there is none. */
    public Tensor get(String name) {
        int i = names.indexOf(name);
        if (i < 0) {
            throw new InvalidInputException(name, "an output out of " + names, "none of that name", "correct the name");
        }
        return tensors[i];
    }

    /** Output number {@code i}. */
    public Tensor get(int i) {
        return tensors[i];
    }

    public List<Tensor> tensors() {
        return Arrays.asList(tensors);
    }
}
