package dev.lanewise.exec;

import dev.lanewise.Tensor;

/** A graph inside an operator, compiled: plans for whatever sizes its inputs come in. Shared by sessions. */
public interface Body {
    /** A plan with the values of its symbols. */
    record Choice(Plan plan, long[] symbols) {
    }

    /** The plan for these inputs: the same for the same shapes. */
    Choice choose(Tensor[] inputs);

    /** Most memory that its values may take. */
    long maxBytes();
}
