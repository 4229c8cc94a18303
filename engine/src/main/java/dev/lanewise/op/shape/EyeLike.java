package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import java.util.List;

/**
 * ONNX EyeLike-22: a matrix of the shape of the input with ones on a diagonal.
 *
 * @param k the diagonal; above 0 is to the right
 * @param type element type of the output
 */
public record EyeLike(int k, DataType type) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        if (in.shape(0) != null && in.shape(0).length != 2) {
            throw in.error("a matrix", in.input(0).toString(), "give a rank of 2");
        }
        if (type == DataType.STRING) {
            throw in.error("a number or BOOL output", type.toString(), "correct dtype");
        }
        return List.of(in.shape(0) == null ? Fact.unknown(type) : Fact.of(type, in.shape(0)));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor out = Tensor.zeros(type, Layout.shapes(this, inputs)[0]);
        for (int row = Math.max(0, -k); row < out.dim(0) && row + k < out.dim(1); row++) {
            int at = row * out.dim(1) + row + k;
            if (type.isFloatingPoint()) {
                Elements.set(out, at, 1.0);
            } else {
                Elements.set(out, at, 1L);
            }
        }
        return new Tensor[] {out};
    }
}
