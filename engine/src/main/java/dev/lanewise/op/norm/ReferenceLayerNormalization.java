package dev.lanewise.op.norm;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.kernel.scalar.ScalarKernels;

/** Layer normalisation by definition: FLOAT as the kernels do it, other types in double. */
final class ReferenceLayerNormalization {
    private ReferenceLayerNormalization() {
    }

    static Tensor[] evaluate(LayerNormalization op, Tensor x, Tensor scale, Tensor bias) {
        int from = op.axis() < 0 ? op.axis() + x.rank() : op.axis();
        int width = 1;
        int[] reduced = x.shape();
        for (int d = from; d < x.rank(); d++) {
            width *= x.dim(d);
            reduced[d] = 1;
        }
        if (scale.size() != width || bias != null && bias.size() != width) {
            throw new InvalidInputException(null, "scale and bias of " + width + " elements", scale + " and " + bias,
                    "give them the normalised shape");
        }
        int rows = width == 0 ? 0 : x.size() / width;
        double[] mean = new double[rows];
        double[] inverse = new double[rows];
        double[] values = new double[x.size()];
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < width; i++) {
                mean[r] += get(x, r * width + i);
            }
            mean[r] /= width;
            for (int i = 0; i < width; i++) {
                double d = get(x, r * width + i) - mean[r];
                inverse[r] += d * d;
            }
            inverse[r] = 1 / Math.sqrt(inverse[r] / width + op.epsilon());
            for (int i = 0; i < width; i++) {
                values[r * width + i] = (get(x, r * width + i) - mean[r]) * inverse[r] * get(scale, i)
                        + (bias == null ? 0 : get(bias, i));
            }
        }
        Tensor y = Tensor.zeros(x.type(), x.shape());
        if (x.type() == DataType.FLOAT) {
            new ScalarKernels().layerNormRows(rows, width, x.floats(), 0, width, scale.floats(),
                    bias == null ? null : bias.floats(),
                    op.epsilon(), y.floats(), 0, width);
        } else {
            for (int i = 0; i < values.length; i++) {
                set(y, i, values[i]);
            }
        }
        DataType statistics = x.type() == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
        Tensor meanOut = Tensor.zeros(statistics, reduced);
        Tensor inverseOut = Tensor.zeros(statistics, reduced);
        for (int r = 0; r < rows; r++) {
            set(meanOut, r, mean[r]);
            set(inverseOut, r, inverse[r]);
        }
        return new Tensor[] {y, meanOut, inverseOut};
    }

    private static double get(Tensor t, int i) {
        return switch (t.type()) {
            case FLOAT -> t.floats()[i];
            case DOUBLE -> t.doubles()[i];
            case FLOAT16 -> Float.float16ToFloat(t.shorts()[i]);
            case BFLOAT16 -> Float.intBitsToFloat(t.shorts()[i] << 16);
            default -> throw new InvalidInputException(null, "a floating-point tensor", t.toString(), "cast it");
        };
    }

    private static void set(Tensor t, int i, double v) {
        switch (t.type()) {
            case FLOAT -> t.floats()[i] = (float) v;
            case DOUBLE -> t.doubles()[i] = v;
            case FLOAT16 -> t.shorts()[i] = Float.floatToFloat16((float) v);
            default -> {
                int bits = Float.floatToRawIntBits((float) v);
                t.shorts()[i] = (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
            }
        }
    }
}
