package dev.lanewise.quant.weights;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.op.quant.WeightFormat;
import dev.lanewise.op.quant.WeightFormat.Scale;
import dev.lanewise.quant.calibration.Cholesky;
import dev.lanewise.quant.calibration.Moments;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Brings one matrix to a format.
 *
 * @param choice how scales are found
 * @param compensated whether rounding makes up for its errors, where there are moments
 * @param ends widths that the inputs of a matrix are nested in, by their number; null for none
 */
record Rounder(ScaleChoice choice, boolean compensated, Nesting ends) {
    /** Share of the mean variance that holds weights to what they were. */
    private static final double RIDGE = 0.1;

    /** Widths that k inputs are nested in, rising to k. */
    interface Nesting {
        int[] of(int k);
    }

    /** @param inputs moments of the matrix's inputs, or null where they are not known */
    EncodedMatrix encode(WeightMatrix m, WeightFormat format, InputMoments inputs) {
        if (format.isHalf()) {
            return format.encode(m.weights(), m.axis());
        }
        int k = m.k();
        Moments moments = inputs == null ? null : inputs.quantized();
        double[] importance = moments == null ? null
                : IntStream.range(0, k).mapToDouble(i -> moments.covariance(i, i, false)).toArray();
        if (!compensated || moments == null) {
            return nearest(m, m.weights().floats(), format, importance);
        }
        int block = format.block(k);
        int[] widths = ends == null ? new int[] {k} : ends.of(k);
        float[] w = widths.length == 1 ? wanted(m, inputs) : m.weights().floats();
        Scale[][] scales = scales(m, w, format, importance);
        byte[] codes = new byte[w.length];
        new ErrorCompensation(moments, k).run(rows(m, w), widths, (i, j, target) -> {
            Scale s = scales[i / block][j];
            int code = format.code((float) target, s);
            codes[m.at(i, j)] = (byte) code;
            return WeightFormat.value(code, s);
        });
        return encoded(m, format, codes, scales);
    }

    /**
     * Each weight for itself.
     *
     * @param w weights instead of the matrix's own, in their places
     * @param importance what the squared error of a weight of each input counts, or null where all count the same
     */
    EncodedMatrix nearest(WeightMatrix m, float[] w, WeightFormat format, double[] importance) {
        if (format.isHalf()) {
            return format.encode(Tensor.of(w, m.weights().shape()), m.axis());
        }
        int block = format.block(m.k());
        Scale[][] scales = scales(m, w, format, importance);
        byte[] codes = new byte[w.length];
        for (int i = 0; i < m.k(); i++) {
            for (int j = 0; j < m.n(); j++) {
                codes[m.at(i, j)] = (byte) format.code(w[m.at(i, j)], scales[i / block][j]);
            }
        }
        return encoded(m, format, codes, scales);
    }

    /** @param scales by block and output */
    private static EncodedMatrix encoded(WeightMatrix m, WeightFormat format, byte[] codes, Scale[][] scales) {
        int n = m.n();
        int blocks = scales.length;
        int[] shape = m.axis() == 0 ? new int[] {blocks, n} : new int[] {n, blocks};
        Tensor values = Tensor.zeros(DataType.FLOAT, shape);
        Tensor zeros = format.type().isUnsigned() ? Tensor.zeros(format.type(), shape) : null;
        for (int b = 0; b < blocks; b++) {
            for (int j = 0; j < n; j++) {
                int at = m.axis() == 0 ? b * n + j : j * blocks + b;
                values.floats()[at] = scales[b][j].scale();
                if (zeros != null) {
                    zeros.bytes()[at] = (byte) scales[b][j].zeroPoint();
                }
            }
        }
        return new EncodedMatrix(Tensor.of(format.type(), codes, m.weights().shape()).asDeferred(), values, zeros,
                m.axis(), format.block(m.k()));
    }

    /** By block and output. */
    private Scale[][] scales(WeightMatrix m, float[] w, WeightFormat format, double[] importance) {
        int block = format.block(m.k());
        Scale[][] scales = new Scale[Math.ceilDiv(m.k(), block)][m.n()];
        for (int b = 0; b < scales.length; b++) {
            int from = b * block;
            float[] values = new float[Math.min(block, m.k() - from)];
            double[] ofBlock = importance == null ? null
                    : Arrays.copyOfRange(importance, from, from + values.length);
            for (int j = 0; j < m.n(); j++) {
                for (int i = 0; i < values.length; i++) {
                    values[i] = w[m.at(from + i, j)];
                }
                scales[b][j] = choice.of(format, values, ofBlock);
            }
        }
        return scales;
    }

    /**
     * The weights that give of the quantised model's inputs z what W gives of the whole one's x, as well as can be: W + change with
     * {@code (Z + r I) change = (C - Z) W}, which is least squares, damped towards W. Z is the second moments of z, C those of z and x.
     */
    private static float[] wanted(WeightMatrix m, InputMoments inputs) {
        float[] w = m.weights().floats();
        if (inputs.quantized() == inputs.whole()) {
            return w;
        }
        int k = m.k();
        int n = m.n();
        double[][] z = new double[k][k];
        double[][] change = new double[k][n];
        double variance = 0;
        for (int i = 0; i < k; i++) {
            for (int l = 0; l < k; l++) {
                z[i][l] = inputs.quantized().product(i, l);
                double difference = inputs.crossed().product(i, l) - z[i][l];
                for (int j = 0; j < n; j++) {
                    change[i][j] += difference * w[m.at(l, j)];
                }
            }
            variance += z[i][i] / k;
        }
        for (int i = 0; i < k; i++) {
            z[i][i] += RIDGE * variance + Double.MIN_NORMAL;
        }
        Cholesky.of(z).solve(change);
        float[] wanted = w.clone();
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < n; j++) {
                wanted[m.at(i, j)] += (float) change[i][j];
            }
        }
        return wanted;
    }

    /**
     * How much of what the matrix gives is wrong: {@code |z Q - x W| / |x W|} over the calibration data, of weights alone where there is
     * none.
     */
    static double error(WeightMatrix m, float[] q, InputMoments inputs) {
        float[] w = m.weights().floats();
        double off = 0;
        double all = 0;
        if (inputs == null) {
            for (int i = 0; i < w.length; i++) {
                double e = (double) q[i] - w[i];
                off += e * e;
                all += (double) w[i] * w[i];
            }
            return all == 0 ? 0 : Math.sqrt(off / all);
        }
        // With one set of moments for both, the errors alone are enough.
        boolean same = inputs.quantized() == inputs.whole();
        double[][] whole = rows(m, w);
        double[][] other = rows(m, q);
        for (int i = 0; same && i < whole.length; i++) {
            ErrorCompensation.add(other[i], -1, whole[i]);
        }
        double[] ofWhole = new double[m.n()];
        double[] ofOther = new double[m.n()];
        for (int i = 0; i < whole.length; i++) {
            Arrays.fill(ofWhole, 0);
            Arrays.fill(ofOther, 0);
            for (int l = 0; l < whole.length; l++) {
                ErrorCompensation.add(ofWhole, inputs.whole().product(i, l), whole[l]);
                ErrorCompensation.add(ofOther, inputs.quantized().product(i, l), other[l]);
                if (!same) {
                    ErrorCompensation.add(ofOther, -2 * inputs.crossed().product(i, l), whole[l]);
                }
            }
            double square = dot(whole[i], ofWhole);
            all += square;
            off += dot(other[i], ofOther) + (same ? 0 : square);
        }
        return all == 0 ? 0 : Math.sqrt(Math.max(0, off) / all);
    }

    /** By input. */
    private static double[][] rows(WeightMatrix m, float[] w) {
        double[][] rows = new double[m.k()][m.n()];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < rows[i].length; j++) {
                rows[i][j] = w[m.at(i, j)];
            }
        }
        return rows;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            sum += a[j] * b[j];
        }
        return sum;
    }
}
