package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;

/**
 * ONNX ReverseSequence-10: reverses, for each entry of the batch, the first {@code lengths[entry]} (input 1, INT64 [batch])
 * steps of the time axis.
 *
 * @param batchAxis 0 or 1
 * @param timeAxis the other one
 */
public record ReverseSequence(int batchAxis, int timeAxis) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        in.type(1, DataType.INT64);
        Dim[] shape = in.shape(0);
        boolean axesFit = batchAxis + timeAxis == 1 && batchAxis * timeAxis == 0;
        if (!axesFit || shape != null && shape.length < 2) {
            throw in.error("batch and time as axes 0 and 1", batchAxis + " and " + timeAxis + " of " + in.input(0),
                    "correct the axes");
        }
        if (shape == null) {
            return List.of(Fact.unknown(in.type(0)));
        }
        if (in.shape(1) != null) {
            if (in.shape(1).length != 1) {
                throw in.error("a list of lengths", in.input(1).toString(), "correct the lengths");
            }
            in.assumeEqual(shape[batchAxis], in.shape(1)[0]);
        }
        return List.of(Fact.of(in.type(0), shape));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int[] shape = Layout.shapes(this, inputs)[0];
        Tensor out = Tensor.zeros(inputs[0].type(), shape);
        int inner = Layout.product(shape, 2, shape.length);
        int steps = shape[timeAxis];
        for (int row = 0; row < shape[0] * shape[1]; row++) {
            int[] at = {row / shape[1], row % shape[1]};
            long length = inputs[1].longAt(at[batchAxis]);
            if (length < 0 || length > steps) {
                throw new InvalidInputException(name(), "lengths in [0, " + steps + "]", Long.toString(length),
                        "correct the lengths");
            }
            if (at[timeAxis] < length) {
                at[timeAxis] = (int) length - 1 - at[timeAxis];
            }
            System.arraycopy(inputs[0].array(), (at[0] * shape[1] + at[1]) * inner, out.array(), row * inner, inner);
        }
        return new Tensor[] {out};
    }
}
