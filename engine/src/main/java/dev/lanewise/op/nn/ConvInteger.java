package dev.lanewise.op.nn;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;

/**
 * Convolution of 8-bit integers. Inputs: x {@code [n, c, ...]}, weights {@code [m, c/group, ...]}, optional zero
 * point of x (a scalar) and of the weights (a scalar or {@code [m]}). The padding counts as the zero point. Output
 * INT32 {@code [n, m, ...]}. ONNX ConvInteger-10.
 */
public record ConvInteger(int group, Window window) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, DataType.INT8, DataType.UINT8);
        in.type(1, DataType.INT8, DataType.UINT8);
        for (int i = 2; i < 4; i++) {
            if (in.has(i)) {
                in.sameType(i - 2, i);
            }
        }
        Dim[] out = ConvShape.infer(in, 0, 1, group, window);
        IntegerConvolution.checkParameter(in, 2, null);
        IntegerConvolution.checkParameter(in, 3, out == null ? Dim.symbol("m") : out[1]);
        return List.of(out == null ? Fact.unknown(DataType.INT32) : Fact.of(DataType.INT32, out));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int[] shape = ConvShape.of(inputs[0].shape(), inputs[1].shape(), group, window);
        int[] sums = IntegerConvolution.sums(inputs[0], inputs[1], inputs.length > 2 ? inputs[2] : null,
                inputs.length > 3 ? inputs[3] : null, group, window, shape);
        return new Tensor[] {Tensor.of(sums, shape)};
    }
}
