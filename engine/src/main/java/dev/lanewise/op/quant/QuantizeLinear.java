package dev.lanewise.op.quant;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.op.Elements;
import dev.lanewise.op.HalfPrecision;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import dev.lanewise.op.SmallFloats;
import dev.lanewise.op.shape.Layout;
import java.util.List;
import java.util.function.Supplier;

/**
 * ONNX QuantizeLinear-25: {@code y = saturate(roundHalfEven(x / scale) + zeroPoint)}. Inputs: x, scale, optional zero
 * point of type {@code to} and the shape of the scale; a scale for all, for each position of {@code axis} ([n]), or for
 * each block along it (rank of x).
 *
 * @param axis may be negative; without meaning where there is one scale
 * @param blockSize positions of the axis that share a scale; 0 for none
 * @param saturate for 8-bit float types: what is too large becomes the largest finite value
 * @param to type of the output
 * @param precision FLOAT, FLOAT16 or BFLOAT16, to which x, the scale and their quotient are rounded; null for the type of the scale
 */
public record QuantizeLinear(int axis, int blockSize, boolean saturate, DataType to, DataType precision)
        implements Lowerable {
    /** A division in the type of the scale. */
    public QuantizeLinear(int axis, int blockSize, boolean saturate, DataType to) {
        this(axis, blockSize, saturate, to, null);
    }

    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16, DataType.INT32);
        in.type(1, DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16, DataType.INT32, DataType.FLOAT8E8M0);
        if (in.has(2)) {
            in.type(2, to);
        }
        boolean small = SmallFloats.isSmall(to) && to != DataType.FLOAT8E8M0;
        if (!small && (!to.isInteger() || to.bits() > 16)) {
            throw in.error("an output type of at most 16 bits", to.toString(), "correct output_dtype");
        }
        if (precision != null && precision != DataType.FLOAT && !isHalf(precision)) {
            throw in.error("a precision of FLOAT, FLOAT16 or BFLOAT16", precision.toString(), "correct precision");
        }
        Scales.check(in, axis, blockSize);
        return List.of(in.shape(0) == null ? Fact.unknown(to) : Fact.of(to, in.shape(0)));
    }

    private static boolean isHalf(DataType type) {
        return type == DataType.FLOAT16 || type == DataType.BFLOAT16;
    }

    /** The type that quotients are rounded to where it is shorter than FLOAT, else null. */
    private DataType rounding(DataType scale) {
        DataType type = precision == null ? scale : precision;
        return isHalf(type) ? type : null;
    }

    /** Smallest value of an integer type of at most 16 bits. */
    static int smallest(DataType type) {
        return type.isUnsigned() ? 0 : -(1 << type.bits() - 1);
    }

    /** Largest value of an integer type of at most 16 bits. */
    static int largest(DataType type) {
        return (1 << (type.isUnsigned() ? type.bits() : type.bits() - 1)) - 1;
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        Tensor scale = inputs[1];
        Tensor zeroPoint = Layout.optional(inputs, 2);
        Tensor y = Tensor.zeros(to, Layout.shapes(this, inputs)[0]);
        Scales scales = Scales.of(x.shape(), scale, axis, blockSize);
        DataType rounding = rounding(scale.type());
        ScalarKernels kernels = new ScalarKernels();
        float[] value = new float[1];
        for (int i = 0; i < y.size(); i++) {
            int at = scales.index(i);
            value[0] = Elements.floatAt(x, i);
            float s = Elements.floatAt(scale, at);
            if (rounding != null) {
                // A quotient of 16-bit floats that FLOAT holds rounded rounds to what the exact one would.
                value[0] = HalfPrecision.rounded(HalfPrecision.rounded(value[0], rounding)
                        / HalfPrecision.rounded(s, rounding), rounding);
                s = 1;
            }
            if (!to.isInteger()) {
                float zero = zeroPoint == null ? 0 : Elements.floatAt(zeroPoint, at);
                y.bytes()[i] = SmallFloats.encode(to, value[0] / s + zero, saturate);
                continue;
            }
            int zero = zeroPoint == null ? 0 : (int) zeroPoint.longAt(at);
            if (to.storage() == DataType.Storage.BYTES) {
                kernels.quantizeLinear8(value, 0, s, zero, smallest(to), largest(to), y.bytes(), i, 1);
            } else {
                double q = Math.rint(value[0] / s) + zero;
                y.shorts()[i] = (short) (Double.isNaN(q) ? zero : (int) Math.clamp(q, smallest(to), largest(to)));
            }
        }
        return new Tensor[] {y};
    }

    /** FLOAT to 8 bits or less, not blocked. */
    @Override
    public Supplier<Step> lower(Lowering at) {
        boolean covered = at.in(0).type() == DataType.FLOAT && at.in(1).type() == DataType.FLOAT && to.isInteger()
                && to.storage() == DataType.Storage.BYTES && blockSize == 0 && rounding(DataType.FLOAT) == null;
        return covered ? ScaleStep.maker(at, axis, new ScaleStep.Quantize(at.kernels(), to)) : null;
    }
}
