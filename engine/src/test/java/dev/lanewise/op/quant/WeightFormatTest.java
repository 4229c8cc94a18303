package dev.lanewise.op.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.op.quant.WeightFormat.Scale;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Codes against a slow reference in decimal arithmetic, and what rounding may cost: each format's bounds. */
class WeightFormatTest {
    private static final int K = 200;
    private static final int N = 7;

    static List<WeightFormat> integers() {
        return List.of(WeightFormat.INT8, new WeightFormat(DataType.INT8, 32), new WeightFormat(DataType.INT8, 64),
                new WeightFormat(DataType.INT8, 128), new WeightFormat(DataType.INT4, 32),
                new WeightFormat(DataType.INT4, 64), new WeightFormat(DataType.INT4, 128),
                new WeightFormat(DataType.UINT4, 32), new WeightFormat(DataType.UINT8, 64),
                new WeightFormat(DataType.UINT8, 0));
    }

    static List<WeightFormat> halves() {
        return List.of(WeightFormat.FLOAT16, WeightFormat.BFLOAT16);
    }

    /** Columns of very different sizes, one of zeros, one with a single large weight, one of one sign. */
    private static Tensor weights(int rows, int columns, boolean transposed) {
        SplittableRandom random = new SplittableRandom(7);
        float[] w = new float[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                double v = switch (j) {
                    case 1 -> 0;
                    case 2 -> random.nextDouble(-1e-6, 1e-6);
                    case 3 -> i == 17 ? 1000 : random.nextDouble(-1, 1);
                    case 4 -> random.nextDouble(2, 3);
                    case 5 -> random.nextInt(-14, 15) / 2.0;
                    default -> random.nextDouble(-3, 3);
                };
                w[transposed ? j * rows + i : i * columns + j] = (float) v;
            }
        }
        return transposed ? Tensor.of(w, columns, rows) : Tensor.of(w, rows, columns);
    }

    private static BigDecimal exact(float x) {
        return new BigDecimal(x);
    }

    /** Quotients as floats, since that is how the codes are defined; the rest without any rounding. */
    private static int slowCode(float w, float scale, int zeroPoint, WeightFormat f) {
        float quotient = exact(w).divide(exact(scale), MathContext.DECIMAL128).floatValue();
        int code = exact(quotient).setScale(0, RoundingMode.HALF_EVEN).intValueExact() + zeroPoint;
        return Math.max(f.least(), Math.min(f.most(), code));
    }

    @ParameterizedTest
    @MethodSource("integers")
    void codesAreThoseOfTheSlowReference(WeightFormat f) {
        Tensor w = weights(K, N, false);
        EncodedMatrix m = f.encode(w, 0);
        int block = f.group() == 0 ? K : f.group();
        for (int j = 0; j < N; j++) {
            for (int from = 0; from < K; from += block) {
                float low = 0;
                float high = 0;
                for (int i = from; i < Math.min(K, from + block); i++) {
                    low = Math.min(low, w.floats()[i * N + j]);
                    high = Math.max(high, w.floats()[i * N + j]);
                }
                BigDecimal span = f.type().isUnsigned() ? exact(high).subtract(exact(low))
                        : exact(Math.max(-low, high));
                // float subtraction and division, each rounded once
                float scale = span.signum() == 0 ? 1
                        : exact(span.floatValue()).divide(new BigDecimal(f.most()), MathContext.DECIMAL128)
                                .floatValue();
                int at = m.scaleAt(from, j);
                assertEquals(scale, m.scales().floats()[at], "scale " + from + ", " + j);
                int zero = !f.type().isUnsigned() || span.signum() == 0 ? 0 : slowCode(-low, scale, 0, f);
                int zeroPoint = m.zeroPoints() == null ? 0 : m.zeroPoints().bytes()[at] & 255;
                assertEquals(zero, zeroPoint, "zero point " + from + ", " + j);
                for (int i = from; i < Math.min(K, from + block); i++) {
                    int code = f.type().isUnsigned() ? m.codes().bytes()[i * N + j] & 255
                            : m.codes().bytes()[i * N + j];
                    assertEquals(slowCode(w.floats()[i * N + j], scale, zero, f), code, "code " + i + ", " + j);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("integers")
    void aWeightIsOffByHalfAStep(WeightFormat f) {
        Tensor w = weights(K, N, false);
        EncodedMatrix m = f.encode(w, 0);
        float[] decoded = m.tensor().floats();
        double worst = 0;
        for (int i = 0; i < decoded.length; i++) {
            int at = m.scaleAt(i / N, i % N);
            Scale s = new Scale(m.scales().floats()[at], 0);
            double off = Math.abs((double) w.floats()[i] - decoded[i]);
            assertTrue(off <= WeightFormat.bound(s, w.floats()[i]), f + ", weight " + i + " is off by " + off);
            worst = Math.max(worst, off / s.scale());
        }
        assertTrue(worst > 0.3, "bound is never near: " + worst);
    }

    /** A sum of products with x is off by at most half the steps of its weights, weighed by |x|. */
    @ParameterizedTest
    @MethodSource("integers")
    void aDotProductIsOffByItsSteps(WeightFormat f) {
        Tensor w = weights(K, N, false);
        EncodedMatrix m = f.encode(w, 0);
        float[] decoded = m.tensor().floats();
        SplittableRandom random = new SplittableRandom(8);
        for (int trial = 0; trial < 20; trial++) {
            double[] x = random.doubles(K, -2, 2).toArray();
            for (int j = 0; j < N; j++) {
                double off = 0;
                double bound = 0;
                for (int i = 0; i < K; i++) {
                    Scale s = new Scale(m.scales().floats()[m.scaleAt(i, j)], 0);
                    off += x[i] * ((double) w.floats()[i * N + j] - decoded[i * N + j]);
                    bound += Math.abs(x[i]) * WeightFormat.bound(s, w.floats()[i * N + j]);
                }
                assertTrue(Math.abs(off) <= bound, f + ", column " + j + " is off by " + off + " of " + bound);
            }
        }
    }

    /** Relative to a weight: 2^-11 and 2^-8 for normal numbers; beyond the range of the type, infinity. */
    @ParameterizedTest
    @MethodSource("halves")
    void aHalfIsOffByHalfItsLastBit(WeightFormat f) {
        Tensor w = weights(K, N, false);
        float[] decoded = f.encode(w, 0).tensor().floats();
        double relative = f.type() == DataType.FLOAT16 ? 0x1p-11 : 0x1p-8;
        double absolute = f.type() == DataType.FLOAT16 ? 0x1p-25 : 0;
        for (int i = 0; i < decoded.length; i++) {
            double off = Math.abs((double) w.floats()[i] - decoded[i]);
            assertTrue(off <= relative * Math.abs(w.floats()[i]) + absolute, f + ", weight " + i + " off by " + off);
        }
    }

    @ParameterizedTest
    @MethodSource("integers")
    void theOtherAxisIsTheTransposedMatrix(WeightFormat f) {
        EncodedMatrix columns = f.encode(weights(K, N, false), 0);
        EncodedMatrix rows = f.encode(weights(K, N, true), 1);
        assertArrayEquals(columns.codes().bytes(), rows.transposed().codes().bytes());
        assertArrayEquals(columns.scales().floats(), rows.transposed().scales().floats());
        assertArrayEquals(columns.tensor().floats(), rows.transposed().tensor().floats());
    }

    @Test
    void whatHasNoScaleIsNotUsable() {
        for (float odd : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE}) {
            Tensor w = Tensor.of(new float[] {odd, 0, 0, 0}, 4, 1);
            assertTrue(!WeightFormat.isUsable(WeightFormat.INT8.encode(w, 0)), odd + " has a scale");
        }
        assertTrue(WeightFormat.isUsable(WeightFormat.INT8.encode(Tensor.zeros(DataType.FLOAT, 4, 1), 0)));
    }
}
