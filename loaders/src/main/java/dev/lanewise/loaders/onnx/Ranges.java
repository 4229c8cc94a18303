package dev.lanewise.loaders.onnx;

import dev.lanewise.graph.Value;
import dev.lanewise.op.shape.Range;

/** Numbers 0, 1, 2 … as nodes. */
record Ranges(Compose c) {
    /** INT64 {@code 0 .. end - 1} for an INT64 scalar. */
    Value upTo(Value end) {
        return c.make(new Range(), c.integer(0), end, c.integer(1));
    }

    /** INT64 {@code start .. start + count - 1}. */
    Value from(Value start, Value count) {
        return c.make(new Range(), start, c.add(start, count), c.integer(1));
    }
}
