package dev.lanewise.op.quant;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.op.Elements;

/**
 * In what form a matrix of weights is kept. Integers are {@code round((w - low) / scale)} of a block, half to even, and stand for
 * {@code (code - zeroPoint) * scale}; each weight of a block whose range the scale covers is off by at most half a scale.
 *
 * @param type INT8 or INT4 for symmetric codes, UINT8 or UINT4 for codes with a zero point, FLOAT16, BFLOAT16
 * @param group weights along the sum that share a scale; 0 for all of them
 */
public record WeightFormat(DataType type, int group) {
    public static final WeightFormat INT8 = new WeightFormat(DataType.INT8, 0);
    public static final WeightFormat FLOAT16 = new WeightFormat(DataType.FLOAT16, 0);
    public static final WeightFormat BFLOAT16 = new WeightFormat(DataType.BFLOAT16, 0);

    /** A block's scale and zero point, the latter a number of the type's own range. */
    public record Scale(float scale, int zeroPoint) {
    }

    public boolean isHalf() {
        return type.isFloatingPoint();
    }

    /** Smallest code. Symmetric bytes leave out -128, whose products do not fit pairs. */
    public int least() {
        return type.isUnsigned() ? 0 : type == DataType.INT8 ? -127 : -(1 << type.bits() - 1);
    }

    /** Largest code. */
    public int most() {
        return type.isUnsigned() ? (1 << type.bits()) - 1 : (1 << type.bits() - 1) - 1;
    }

    /** Weights that share a scale in a sum of {@code k}. */
    public int block(int k) {
        return group == 0 ? Math.max(1, k) : group;
    }

    /**
     * The smallest scale whose codes reach from {@code low} to {@code high} and have one for 0; 1 for a block of zeros.
     *
     * @param low,high smallest and largest weight
     */
    public Scale scale(float low, float high) {
        if (!type.isUnsigned()) {
            float largest = Math.max(Math.abs(low), Math.abs(high));
            return new Scale(largest == 0 ? 1 : largest / most(), 0);
        }
        float bottom = Math.min(low, 0);
        float scale = (Math.max(high, 0) - bottom) / most();
        return scale == 0 ? new Scale(1, 0) : new Scale(scale, (int) Math.clamp(Math.rint(-bottom / scale), 0, most()));
    }

    /** The code of a weight; NaN gives the zero point. */
    public int code(float w, Scale s) {
        double steps = Math.rint(w / s.scale);
        return steps == steps ? (int) Math.clamp(steps + s.zeroPoint, least(), most()) : s.zeroPoint;
    }

    /** The weight that a code stands for. */
    public static float value(int code, Scale s) {
        return (code - s.zeroPoint) * s.scale;
    }

    /** How far off a weight may be that the scale covers: half a step, and what rounding the quotient and the product adds. */
    public static double bound(Scale s, float w) {
        return 0.5 * s.scale + Math.abs((double) w) * 0x1p-22;
    }

    /**
     * Encodes a FLOAT matrix, reading its elements twice and keeping none.
     *
     * @param axis along which the sums go: 0 for weights {@code [k, n]}, 1 for {@code [n, k]} and for tables of rows
     */
    public EncodedMatrix encode(Tensor w, int axis) {
        if (isHalf()) {
            Tensor halves = Tensor.zeros(type, w.shape());
            w.read((array, offset, first, count) -> {
                for (int i = 0; i < count; i++) {
                    Elements.set(halves, first + i, ((float[]) array)[offset + i]);
                }
            });
            return EncodedMatrix.ofHalves(halves.asDeferred());
        }
        int block = block(w.dim(axis));
        int[] shape = w.shape();
        shape[axis] = Math.ceilDiv(shape[axis], block);
        float[] low = new float[Tensor.sizeOf(shape)];
        float[] high = new float[low.length];
        Tensor all = Tensor.zeros(type, w.shape());
        byte[] bytes = all.bytes();
        EncodedMatrix codes = new EncodedMatrix(all.asDeferred(), Tensor.of(high, shape),
                type.isUnsigned() ? Tensor.zeros(type, shape) : null, axis, block);
        int columns = w.dim(1);
        w.read((array, offset, first, count) -> {
            for (int i = 0; i < count; i++) {
                int s = codes.scaleAt((first + i) / columns, (first + i) % columns);
                low[s] = Math.min(low[s], ((float[]) array)[offset + i]);
                high[s] = Math.max(high[s], ((float[]) array)[offset + i]);
            }
        });
        Scale[] scales = new Scale[low.length];
        for (int s = 0; s < scales.length; s++) {
            scales[s] = scale(low[s], high[s]);
            high[s] = scales[s].scale;
            if (codes.zeroPoints() != null) {
                codes.zeroPoints().bytes()[s] = (byte) scales[s].zeroPoint;
            }
        }
        w.read((array, offset, first, count) -> {
            for (int i = 0; i < count; i++) {
                Scale s = scales[codes.scaleAt((first + i) / columns, (first + i) % columns)];
                bytes[first + i] = (byte) code(((float[]) array)[offset + i], s);
            }
        });
        return codes;
    }

    /** Whether every scale is a normal number, so that codes stand for weights. */
    public static boolean isUsable(EncodedMatrix m) {
        if (m.isHalf()) {
            return true;
        }
        for (float scale : m.scales().floats()) {
            if (!(scale >= Float.MIN_NORMAL && scale <= Float.MAX_VALUE)) {
                return false;
            }
        }
        return true;
    }
}
