package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;

/**
 * ONNX ScatterElements-18: a copy of input 0 in which each element of input 2 goes to its own position, but for
 * {@code axis}, where input 1 (INT32 or INT64, of the shape of input 2) says the position. In order, so the last one wins.
 *
 * @param axis may be negative
 */
public record ScatterElements(int axis, Reduction reduction) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.sameType(0, 2);
        in.type(1, DataType.INT64, DataType.INT32);
        if (!in.shapesKnown()) {
            return List.of(in.shape(0) == null ? Fact.unknown(type) : Fact.of(type, in.shape(0)));
        }
        GatherElements.checkIndexShape(in, in.shape(0), in.shape(1), in.axis(axis, in.shape(0).length));
        if (in.shape(2).length != in.shape(1).length) {
            throw in.error("updates of the shape of the indices", in.input(2).toString(), "correct the updates");
        }
        for (int a = 0; a < in.shape(1).length; a++) {
            in.assumeEqual(in.shape(1)[a], in.shape(2)[a]);
        }
        return List.of(Fact.of(type, in.shape(0)));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Layout.shapes(this, inputs);
        Tensor out = Picks.copy(inputs[0]);
        int[] positions = GatherElements.positions(out, inputs[1], axis, name());
        for (int i = 0; i < positions.length; i++) {
            reduction.apply(out, positions[i], inputs[2], i);
        }
        return new Tensor[] {out};
    }
}
