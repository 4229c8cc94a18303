package dev.lanewise.op.linear;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import java.util.Arrays;

/** Matrix product by definition: for each result one chain of fused multiply-adds over ascending k, starting at zero. */
final class ReferenceMatMul {
    private ReferenceMatMul() {
    }

    static Tensor multiply(Tensor a, Tensor b) {
        int[] sa = a.rank() == 1 ? new int[] {1, a.dim(0)} : a.shape();
        int[] sb = b.rank() == 1 ? new int[] {b.dim(0), 1} : b.shape();
        int m = sa[sa.length - 2];
        int k = sa[sa.length - 1];
        int n = sb[sb.length - 1];
        if (sb[sb.length - 2] != k) {
            throw new InvalidInputException(null, "inner dimensions that agree", a + " x " + b,
                    "check the operands' shapes");
        }
        int[] batch = broadcast(Arrays.copyOf(sa, sa.length - 2), Arrays.copyOf(sb, sb.length - 2));
        int batches = Tensor.sizeOf(batch);
        Object out = a.type().storage().newArray(Math.multiplyExact(batches, Math.multiplyExact(m, n)));
        for (int i = 0; i < batches; i++) {
            int offsetA = batchIndex(i, batch, sa) * m * k;
            int offsetB = batchIndex(i, batch, sb) * k * n;
            one(a, offsetA, b, offsetB, out, i * m * n, m, k, n);
        }
        int rank = batch.length;
        int[] shape = Arrays.copyOf(batch, rank + (a.rank() > 1 ? 1 : 0) + (b.rank() > 1 ? 1 : 0));
        if (a.rank() > 1) {
            shape[rank++] = m;
        }
        if (b.rank() > 1) {
            shape[rank] = n;
        }
        return Tensor.of(a.type(), out, shape);
    }

    private static int[] broadcast(int[] a, int[] b) {
        int[] out = new int[Math.max(a.length, b.length)];
        for (int i = 0; i < out.length; i++) {
            int x = i < out.length - a.length ? 1 : a[i - (out.length - a.length)];
            int y = i < out.length - b.length ? 1 : b[i - (out.length - b.length)];
            if (x != y && x != 1 && y != 1) {
                throw new InvalidInputException(null, "leading dimensions that broadcast", Arrays.toString(a) + " and "
                        + Arrays.toString(b), "check the operands' shapes");
            }
            out[i] = x == 1 ? y : x;
        }
        return out;
    }

    /** Number of the operand's matrix that belongs to matrix {@code index} of the result. */
    static int batchIndex(int index, int[] batch, int[] shape) {
        int leading = shape.length - 2;
        int at = 0;
        int stride = 1;
        int rest = index;
        for (int d = batch.length - 1; d >= 0; d--) {
            int position = rest % batch[d];
            rest /= batch[d];
            int own = d - (batch.length - leading);
            if (own >= 0) {
                at += shape[own] == 1 ? 0 : position * stride;
                stride *= shape[own];
            }
        }
        return at;
    }

    private static void one(Tensor a, int offsetA, Tensor b, int offsetB, Object out, int offsetC, int m, int k,
            int n) {
        switch (a.type().storage()) {
            case FLOATS -> floats(a.floats(), offsetA, b.floats(), offsetB, (float[]) out, offsetC, m, k, n);
            case DOUBLES -> doubles(a.doubles(), offsetA, b.doubles(), offsetB, (double[]) out, offsetC, m, k, n);
            case SHORTS -> {
                if (a.type() == DataType.FLOAT16 || a.type() == DataType.BFLOAT16) {
                    halves(a, offsetA, b, offsetB, (short[]) out, offsetC, m, k, n);
                } else {
                    integers(a, offsetA, b, offsetB, out, offsetC, m, k, n);
                }
            }
            default -> integers(a, offsetA, b, offsetB, out, offsetC, m, k, n);
        }
    }

    private static void floats(float[] a, int oa, float[] b, int ob, float[] c, int oc, int m, int k, int n) {
        for (int i = 0; i < m; i++) {
            for (int p = 0; p < k; p++) {
                float x = a[oa + i * k + p];
                for (int j = 0; j < n; j++) {
                    c[oc + i * n + j] = Math.fma(x, b[ob + p * n + j], c[oc + i * n + j]);
                }
            }
        }
    }

    private static void doubles(double[] a, int oa, double[] b, int ob, double[] c, int oc, int m, int k, int n) {
        for (int i = 0; i < m; i++) {
            for (int p = 0; p < k; p++) {
                double x = a[oa + i * k + p];
                for (int j = 0; j < n; j++) {
                    c[oc + i * n + j] = Math.fma(x, b[ob + p * n + j], c[oc + i * n + j]);
                }
            }
        }
    }

    private static void halves(Tensor a, int oa, Tensor b, int ob, short[] c, int oc, int m, int k, int n) {
        boolean brain = a.type() == DataType.BFLOAT16;
        short[] x = a.shorts();
        short[] y = b.shorts();
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                float sum = 0;
                for (int p = 0; p < k; p++) {
                    sum = Math.fma(toFloat(x[oa + i * k + p], brain), toFloat(y[ob + p * n + j], brain), sum);
                }
                c[oc + i * n + j] = brain ? toBrain(sum) : Float.floatToFloat16(sum);
            }
        }
    }

    private static float toFloat(short bits, boolean brain) {
        return brain ? Float.intBitsToFloat(bits << 16) : Float.float16ToFloat(bits);
    }

    /** Rounds to nearest even; NaN stays NaN. */
    private static short toBrain(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) (Float.isNaN(value) ? bits >>> 16 | 0x40 : bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }

    private static void integers(Tensor a, int oa, Tensor b, int ob, Object out, int oc, int m, int k, int n) {
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                long sum = 0;
                for (int p = 0; p < k; p++) {
                    sum += a.longAt(oa + i * k + p) * b.longAt(ob + p * n + j);
                }
                switch (out) {
                    case long[] c -> c[oc + i * n + j] = sum;
                    case int[] c -> c[oc + i * n + j] = (int) sum;
                    case short[] c -> c[oc + i * n + j] = (short) sum;
                    case byte[] c -> c[oc + i * n + j] = (byte) sum;
                    default -> throw new InvalidInputException(null, "numbers", a.toString(), "give number tensors");
                }
            }
        }
    }
}
