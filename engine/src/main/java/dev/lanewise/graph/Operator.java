package dev.lanewise.graph;

import dev.lanewise.Tensor;
import java.util.List;

/**
 * One operation with its attributes; implementations are records, so two equal operators compute the same. The three
 * methods are its specification: what it is called, what its outputs look like, and what they are.
 */
public interface Operator {
    /** Name for people, profiles and errors: the ONNX name where there is one. */
    default String name() {
        return getClass().getSimpleName();
    }

    /**
     * Types and shapes of the outputs. Throws {@link dev.lanewise.ModelFormatException} (through
     * {@link Inference#error}) where the inputs do not fit.
     */
    List<Fact> infer(Inference in);

    /**
     * The reference evaluation: plain Java, the definition of the result. A missing optional input is null. Neither
     * keeps nor changes its inputs; an output may share the element array of an input.
     */
    Tensor[] evaluate(Tensor[] inputs);

    /**
     * What the evaluation gives, for constants that do not change any more: elements that are computed when they are asked for,
     * and say what they are computed from. Null where there is nothing to say.
     */
    default Tensor[] defer(Tensor[] constants) {
        return null;
    }

    /** Whether equal inputs give equal outputs, so that it may be computed ahead or once for two uses. */
    default boolean isDeterministic() {
        return true;
    }
}
