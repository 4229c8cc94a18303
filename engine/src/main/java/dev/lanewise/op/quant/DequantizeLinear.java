package dev.lanewise.op.quant;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.op.Elements;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import dev.lanewise.op.shape.Layout;
import java.util.List;
import java.util.function.Supplier;

/**
 * ONNX DequantizeLinear-25: {@code y = (x - zeroPoint) * scale}. Inputs: x, scale, optional zero point of the type of x and
 * the shape of the scale; see {@link QuantizeLinear} for axis and blocks.
 *
 * @param to type of the output
 */
public record DequantizeLinear(int axis, int blockSize, DataType to) implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0);
        boolean small = type.isFloatingPoint() && type.bits() <= 8;
        if (!small && (!type.isInteger() || type.bits() > 32)) {
            throw in.error("a quantised type", type.toString(), "correct input 0");
        }
        in.type(1, DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16, DataType.FLOAT8E8M0);
        if (in.has(2)) {
            in.sameType(0, 2);
        }
        if (to != DataType.FLOAT && to != DataType.FLOAT16 && to != DataType.BFLOAT16) {
            throw in.error("a float output", to.toString(), "correct output_dtype");
        }
        Scales.check(in, axis, blockSize);
        return List.of(in.shape(0) == null ? Fact.unknown(to) : Fact.of(to, in.shape(0)));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        Tensor zeroPoint = Layout.optional(inputs, 2);
        Tensor y = Tensor.zeros(to, Layout.shapes(this, inputs)[0]);
        Scales scales = Scales.of(x.shape(), inputs[1], axis, blockSize);
        for (int i = 0; i < y.size(); i++) {
            int at = scales.index(i);
            double zero = zeroPoint == null ? 0 : Elements.doubleAt(zeroPoint, at);
            float difference = (float) (Elements.doubleAt(x, i) - zero);
            Elements.set(y, i, difference * Elements.floatAt(inputs[1], at));
        }
        return new Tensor[] {y};
    }

    /** Matrices stay as they are encoded: who can multiply them so does. */
    @Override
    public Tensor[] defer(Tensor[] constants) {
        Tensor codes = constants[0];
        Tensor scales = constants[1];
        Tensor zeroPoints = Layout.optional(constants, 2);
        if (to != DataType.FLOAT || scales.type() != DataType.FLOAT || codes.rank() != 2 || codes.size() == 0
                || !EncodedMatrix.isCode(codes.type())) {
            return null;
        }
        int along = Layout.axis(axis, 2);
        if (blockSize > 0) {
            return one(new EncodedMatrix(codes, scales, zeroPoints, along, blockSize));
        }
        // One scale for each position of the axis is one block, all of the other axis.
        int[] shape = {1, 1};
        if (scales.size() > 1) {
            shape[along] = scales.size();
        }
        return one(new EncodedMatrix(codes, scales.reshape(shape),
                zeroPoints == null ? null : zeroPoints.reshape(shape), 1 - along, codes.dim(1 - along)));
    }

    private static Tensor[] one(EncodedMatrix m) {
        return new Tensor[] {m.tensor()};
    }

    /** Integers of 8 bits or less to FLOAT, not blocked. */
    @Override
    public Supplier<Step> lower(Lowering at) {
        DataType type = at.in(0).type();
        boolean covered = to == DataType.FLOAT && at.in(1).type() == DataType.FLOAT && type.isInteger()
                && type.storage() == DataType.Storage.BYTES && blockSize == 0;
        return covered ? ScaleStep.maker(at, axis, new ScaleStep.Dequantize(at.kernels(), !type.isUnsigned())) : null;
    }
}
