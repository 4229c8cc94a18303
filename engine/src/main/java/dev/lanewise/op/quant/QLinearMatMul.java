package dev.lanewise.op.quant;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import dev.lanewise.op.linear.MatMul;
import java.util.List;

/**
 * ONNX QLinearMatMul-21: the product of two 8-bit tensors, quantised again:
 * {@code saturate(roundHalfEven(product * (scaleA * scaleB / scaleY)) + zeroY)}. Inputs: a, its scale, its zero point (one,
 * or one a row); b, its scale, its zero point (one, or one a column); scale and zero point of y (one, or one a row).
 */
public record QLinearMatMul() implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        IntegerProduct.checkType(in, 0, 2);
        IntegerProduct.checkType(in, 3, 5);
        DataType type = in.type(7, DataType.UINT8, DataType.INT8);
        for (int i : new int[] {1, 4, 6}) {
            in.type(i, DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16);
        }
        if (in.shape(0) == null || in.shape(3) == null) {
            return List.of(Fact.unknown(type));
        }
        for (int i = 1; i <= 2; i++) {
            IntegerProduct.check(in, 0, i, true);
            IntegerProduct.check(in, 3, 3 + i, false);
        }
        return List.of(Fact.of(type, MatMul.shape(in, 0, 3)));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor product = IntegerProduct.multiply(inputs[0], inputs[2], inputs[3], inputs[5]);
        DataType type = inputs[7].type();
        Tensor y = Tensor.zeros(type, product.shape());
        for (int i = 0; i < y.size(); i++) {
            float scale = at(product, inputs[1], true, i) * at(product, inputs[4], false, i)
                    / at(product, inputs[6], true, i);
            long zero = inputs[7].longAt(IntegerProduct.parameter(product, inputs[7], true, i));
            double q = Math.rint(product.ints()[i] * scale) + zero;
            Elements.set(y, i, (long) Math.clamp(q, QuantizeLinear.smallest(type), QuantizeLinear.largest(type)));
        }
        return new Tensor[] {y};
    }

    private static float at(Tensor product, Tensor scales, boolean byRow, int i) {
        return Elements.floatAt(scales, IntegerProduct.parameter(product, scales, byRow, i));
    }
}
