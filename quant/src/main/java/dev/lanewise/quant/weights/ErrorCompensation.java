package dev.lanewise.quant.weights;

import dev.lanewise.quant.calibration.Cholesky;
import dev.lanewise.quant.calibration.Moments;

/**
 * Rounds the weights of a layer one input after another, each to what makes up best for the errors of those before it, so that the
 * layer's outputs on the calibration data change least (GPTQ, Frantar et al., arXiv 2210.17323). With second moments H of the inputs
 * and {@code H = U Uᵀ}, U upper triangular, the squared error of the outputs is {@code |Uᵀ E|²} for errors E of the weights; row i
 * of it is least where weight i is rounded from {@code w_i - sum over j < i of (U_ji / U_ii) E_j}.
 *
 * <p>
 * On nested weights inputs are rounded width by width. What a width adds makes up for the errors of the narrower one, never the
 * other way round: codes of a prefix do not depend on what it drops.
 */
final class ErrorCompensation {
    /** Share of the mean variance that is added to each, so that inputs that never vary do no harm. */
    private static final double DAMPING = 0.01;

    private final Moments moments;
    private final int k;
    private final double damping;

    ErrorCompensation(Moments moments, int k) {
        this.moments = moments;
        this.k = k;
        double sum = 0;
        for (int i = 0; i < k; i++) {
            sum += moments.covariance(i, i, false);
        }
        this.damping = DAMPING * sum / k + Double.MIN_NORMAL;
    }

    private double moment(int i, int j) {
        return moments.covariance(i, j, false) + (i == j ? damping : 0);
    }

    /** Rounds a weight of an input for an output and remembers its code. */
    interface Rounding {
        /** @return the value that the code stands for */
        double round(int input, int output, double weight);
    }

    /**
     * Rounds all weights.
     *
     * @param w {@code [k][n]}
     * @param ends where widths end, rising to k
     */
    void run(double[][] w, int[] ends, Rounding rounding) {
        double[][] errors = new double[k][w[0].length];
        int from = 0;
        for (int to : ends) {
            double[][] targets = from == 0 ? null : carried(errors, from, to);
            block(w, targets, errors, from, to, rounding);
            from = to;
        }
    }

    /** What inputs {@code from} to {@code to - 1} take over from the errors before them: {@code -H_bb^-1 H_ba E_a}. */
    private double[][] carried(double[][] errors, int from, int to) {
        double[][] h = new double[to - from][to - from];
        double[][] taken = new double[to - from][errors[0].length];
        for (int i = from; i < to; i++) {
            for (int j = from; j < to; j++) {
                h[i - from][j - from] = moment(i, j);
            }
            for (int a = 0; a < from; a++) {
                add(taken[i - from], -moment(i, a), errors[a]);
            }
        }
        Cholesky.of(h).solve(taken);
        return taken;
    }

    private void block(double[][] w, double[][] targets, double[][] errors, int from, int to, Rounding rounding) {
        int size = to - from;
        // Inputs in reverse: the lower factor of the reversed moments is the upper one of those in order.
        double[][] reversed = new double[size][size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                reversed[i][j] = moment(to - 1 - i, to - 1 - j);
            }
        }
        Cholesky factor = Cholesky.of(reversed);
        double[][] own = new double[size][];
        for (int i = 0; i < size; i++) {
            double[] target = w[from + i].clone();
            if (targets != null) {
                add(target, 1, targets[i]);
            }
            int row = size - 1 - i;
            double diagonal = factor.get(row, row);
            for (int j = 0; j < i; j++) {
                add(target, -factor.get(size - 1 - j, row) / diagonal, own[j]);
            }
            own[i] = new double[target.length];
            for (int o = 0; o < target.length; o++) {
                double value = rounding.round(from + i, o, target[o]);
                errors[from + i][o] = value - w[from + i][o];
                own[i][o] = errors[from + i][o] - (targets == null ? 0 : targets[i][o]);
            }
        }
    }

    /** Adds a multiple of x. */
    static void add(double[] to, double factor, double[] x) {
        for (int i = 0; i < to.length; i++) {
            to[i] += factor * x[i];
        }
    }
}
