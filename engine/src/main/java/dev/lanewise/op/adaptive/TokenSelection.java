package dev.lanewise.op.adaptive;

import java.util.Arrays;

/**
 * The tokens that inverse transform sampling keeps: scores in rising order are summed up and brought to 0 … 1, and for each point of an
 * even grid from the smallest positive sum to 1 the token with the nearest sum is kept. Several points may meet one token: the
 * more the scores differ, the fewer tokens stay. Deterministic. Fayyaz et al. 2022, as their released code does it.
 */
final class TokenSelection {
    /** Scores that differ in sum by no more keep all their tokens, and so do fewer than 3. */
    private static final double TINY = 1e-12;

    private int[] order = new int[0];
    private double[] sums = new double[0];

    /** Makes room for so many tokens. */
    void reserve(int tokens) {
        if (order.length < tokens) {
            order = new int[tokens];
            sums = new double[tokens];
        }
    }

    /**
     * The number of tokens kept; {@link #kept} has them by rising score, equal ones by their place.
     *
     * @param scores of {@code n} tokens
     * @param points of the grid, 2 or more
     */
    int select(double[] scores, int n, int points) {
        reserve(n);
        sort(scores, n);
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += scores[order[i]];
            sums[i] = sum;
        }
        if (n < 3 || !(sums[n - 1] - sums[0] > TINY)) {
            return n;
        }
        double lowest = sums[0];
        double range = sums[n - 1] - lowest;
        for (int i = 0; i < n; i++) {
            sums[i] = (sums[i] - lowest) / range;
        }
        return nearest(n, points);
    }

    private int nearest(int n, int points) {
        int above = 0;
        while (!(sums[above] > 0)) {
            above++;
        }
        double start = sums[above];
        int kept = 0;
        int last = -1;
        for (int i = 0; i < points; i++) {
            double y = start + i * (1 - start) / (points - 1);
            while (above < n - 1 && sums[above] < y) {
                above++;
            }
            int pick = above > 0 && y - sums[above - 1] <= sums[above] - y ? above - 1 : above;
            if (pick != last) {
                order[kept++] = order[pick];
                last = pick;
            }
        }
        return kept;
    }

    /** Place of the i-th kept token. */
    int kept(int i) {
        return order[i];
    }

    /** Heap sort by score, then place: no memory, and one order whatever it starts from. */
    private void sort(double[] scores, int n) {
        for (int i = 0; i < n; i++) {
            order[i] = i;
        }
        for (int i = n / 2 - 1; i >= 0; i--) {
            sift(scores, i, n);
        }
        for (int end = n - 1; end > 0; end--) {
            int largest = order[0];
            order[0] = order[end];
            order[end] = largest;
            sift(scores, 0, end);
        }
    }

    private void sift(double[] scores, int root, int n) {
        int moved = order[root];
        int at = root;
        while (2 * at + 1 < n) {
            int child = 2 * at + 1;
            if (child + 1 < n && isBefore(scores, order[child], order[child + 1])) {
                child++;
            }
            if (!isBefore(scores, moved, order[child])) {
                break;
            }
            order[at] = order[child];
            at = child;
        }
        order[at] = moved;
    }

    private static boolean isBefore(double[] scores, int a, int b) {
        int c = Double.compare(scores[a], scores[b]);
        return c < 0 || c == 0 && a < b;
    }

    /** The kept tokens of a list of scores. */
    static int[] of(double[] scores, int points) {
        TokenSelection selection = new TokenSelection();
        int kept = selection.select(scores, scores.length, points);
        return Arrays.copyOf(selection.order, kept);
    }
}
