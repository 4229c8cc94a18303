package dev.lanewise.op.quant;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import dev.lanewise.op.linear.MatMul;
import dev.lanewise.op.shape.Layout;
import java.util.List;
import java.util.function.Supplier;

/**
 * ONNX MatMulInteger-10: {@code (a - zeroA) x (b - zeroB)} as INT32, of 8-bit a {@code [..., m, k]} and b
 * {@code [..., k, n]}. Inputs: a, b, optional zero point of a (one, or one a row), optional zero point of b (one, or one a
 * column).
 */
public record MatMulInteger() implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        IntegerProduct.checkType(in, 0, 2);
        IntegerProduct.checkType(in, 1, 3);
        if (in.shape(0) == null || in.shape(1) == null) {
            return List.of(Fact.unknown(DataType.INT32));
        }
        IntegerProduct.check(in, 0, 2, true);
        IntegerProduct.check(in, 1, 3, false);
        return List.of(Fact.of(DataType.INT32, MatMul.shape(in, 0, 1)));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return new Tensor[] {IntegerProduct.multiply(inputs[0], Layout.optional(inputs, 2), inputs[1],
                Layout.optional(inputs, 3))};
    }

    /** Constant b of rank 2 with a constant zero point, and one zero point for a. */
    @Override
    public Supplier<Step> lower(Lowering at) {
        Tensor b = at.constant(1);
        Tensor zeroB = at.constant(3);
        boolean covered = b != null && b.rank() == 2 && b.size() > 0 && (zeroB != null || !at.has(3))
                && (!at.has(2) || at.in(2).size().is(1));
        if (!covered) {
            return null;
        }
        List<Tensor> constants = zeroB == null ? List.of(b) : List.of(b, zeroB);
        IntegerWeights packed = at.pack(constants, "centred", () -> IntegerWeights.pack(b, zeroB));
        boolean signed = at.in(0).type() == DataType.INT8;
        int a = at.input(0);
        int zeroA = at.has(2) ? at.input(2) : -1;
        int y = at.output(0);
        return () -> new MatMulIntegerStep(at.kernels(), a, signed, zeroA, packed, y);
    }
}
