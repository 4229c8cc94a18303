package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;

/**
 * ONNX Trilu-14: the upper or lower triangle of each matrix {@code [..., n, m]}, zeros elsewhere. Optional input 1: which
 * diagonal bounds it (INT64, 0 by default).
 */
public record Trilu(boolean upper) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0);
        if (in.has(1)) {
            in.type(1, DataType.INT64);
        }
        Dim[] shape = in.shape(0);
        if (shape != null && shape.length < 2) {
            throw in.error("matrices", in.input(0).toString(), "give a rank of 2 or more");
        }
        return List.of(shape == null ? Fact.unknown(type) : Fact.of(type, shape));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int[] shape = Layout.shapes(this, inputs)[0];
        int rows = shape[shape.length - 2];
        int columns = shape[shape.length - 1];
        Tensor diagonal = Layout.optional(inputs, 1);
        long k = diagonal == null ? 0 : diagonal.longAt(0);
        int[] source = new int[inputs[0].size()];
        for (int i = 0; i < source.length; i++) {
            long offset = i % columns - i / columns % rows;
            source[i] = (upper ? offset >= k : offset <= k) ? i : -1;
        }
        return new Tensor[] {Picks.of(inputs[0], source, shape)};
    }
}
