package dev.lanewise.quant.weights;

import dev.lanewise.Tensor;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.op.quant.WeightFormat;
import dev.lanewise.op.quant.WeightFormat.Scale;
import dev.lanewise.quant.calibration.Moments;

/**
 * Brings one matrix to a format.
 *
 * @param choice how scales are found
 * @param compensated whether rounding makes up for its errors, where there are moments
 * @param ends widths that the inputs of a matrix are nested in, by their number; null for none
 */
record Rounder(ScaleChoice choice, boolean compensated, Nesting ends) {
    /** Widths that k inputs are nested in, rising to k. */
    interface Nesting {
        int[] of(int k);
    }

    /** @param moments of the matrix's inputs, or null where they are not known */
    EncodedMatrix encode(WeightMatrix m, WeightFormat format, Moments moments) {
        if (format.isHalf()) {
            return format.encode(m.weights(), m.axis());
        }
        int k = m.k();
        int n = m.n();
        int block = format.block(k);
        int blocks = Math.ceilDiv(k, block);
        float[] w = m.weights().floats();
        Scale[][] scales = scales(m, w, format, moments);
        byte[] codes = new byte[w.length];
        if (compensated && moments != null) {
            double[][] rows = new double[k][n];
            for (int i = 0; i < k; i++) {
                for (int j = 0; j < n; j++) {
                    rows[i][j] = w[m.at(i, j)];
                }
            }
            new ErrorCompensation(moments, k).run(rows, ends == null ? new int[] {k} : ends.of(k), (i, j, target) -> {
                Scale s = scales[i / block][j];
                int code = format.code((float) target, s);
                codes[m.at(i, j)] = (byte) code;
                return WeightFormat.value(code, s);
            });
        } else {
            for (int i = 0; i < k; i++) {
                for (int j = 0; j < n; j++) {
                    codes[m.at(i, j)] = (byte) format.code(w[m.at(i, j)], scales[i / block][j]);
                }
            }
        }
        int[] shape = m.axis() == 0 ? new int[] {blocks, n} : new int[] {n, blocks};
        Tensor values = Tensor.zeros(dev.lanewise.DataType.FLOAT, shape);
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
                m.axis(), block);
    }

    /** By block and output. */
    private Scale[][] scales(WeightMatrix m, float[] w, WeightFormat format, Moments moments) {
        int block = format.block(m.k());
        Scale[][] scales = new Scale[Math.ceilDiv(m.k(), block)][m.n()];
        for (int b = 0; b < scales.length; b++) {
            int from = b * block;
            float[] values = new float[Math.min(block, m.k() - from)];
            double[] importance = moments == null ? null : new double[values.length];
            for (int i = 0; i < values.length && moments != null; i++) {
                importance[i] = moments.covariance(from + i, from + i, false);
            }
            for (int j = 0; j < m.n(); j++) {
                for (int i = 0; i < values.length; i++) {
                    values[i] = w[m.at(from + i, j)];
                }
                scales[b][j] = choice.of(format, values, importance);
            }
        }
        return scales;
    }

    /**
     * How much of what the matrix gives is wrong: {@code |x E| / |x W|} over the calibration data, of weights alone where there is none.
     */
    static double error(WeightMatrix m, EncodedMatrix encoded, Moments moments) {
        float[] w = m.weights().floats();
        float[] q = encoded.tensor().floats();
        int k = m.k();
        double off = 0;
        double all = 0;
        if (moments == null) {
            for (int i = 0; i < w.length; i++) {
                double e = (double) q[i] - w[i];
                off += e * e;
                all += (double) w[i] * w[i];
            }
        } else {
            double[] hw = new double[m.n()];
            double[] he = new double[m.n()];
            for (int i = 0; i < k; i++) {
                java.util.Arrays.fill(hw, 0);
                java.util.Arrays.fill(he, 0);
                for (int l = 0; l < k; l++) {
                    double h = moments.covariance(i, l, false);
                    for (int j = 0; j < hw.length; j++) {
                        int at = m.at(l, j);
                        hw[j] += h * w[at];
                        he[j] += h * ((double) q[at] - w[at]);
                    }
                }
                for (int j = 0; j < hw.length; j++) {
                    int at = m.at(i, j);
                    all += w[at] * hw[j];
                    off += ((double) q[at] - w[at]) * he[j];
                }
            }
        }
        return all == 0 ? 0 : Math.sqrt(Math.max(0, off) / all);
    }
}
