package dev.lanewise.op.adaptive;

import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.kernel.BinaryFunction;
import dev.lanewise.kernel.Gemm;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.PackedMatrix;
import java.util.Arrays;

/**
 * Learners over sorted tokens: learner n's columns of the first matrix are multiplied with the first rows, as many as need it; tokens
 * of one number k are multiplied with the first k*b rows of the second. Rows are gathered where a block begins and scattered where
 * it ends, and neither where all tokens have the same number. Each output is one chain over ascending k, so a token's bits do
 * not depend on the others. Tiles are blocks of sorted rows times groups of panels.
 */
final class AdaptiveComputationStep implements Step {
    private static final int ROW_BLOCK = Gemm.ROW_BLOCK;
    private static final int TILES_PER_WORKER = 6;

    private final Kernels kernels;
    private final Learners learners;
    private final int fixed;
    private final int x;
    private final int levels;
    private final int hidden;
    private final int order;
    private final int residual;
    private final int y;
    private final SortedTokens sorted;
    private final Workers.Tile up = this::up;
    private final Workers.Tile down = this::down;
    private int tokens;
    private int groups;
    private boolean uniform;
    private Frame frame;

    /** Slots; {@code levels} and {@code order} are -1 where the number is fixed, {@code residual} where there is none. */
    AdaptiveComputationStep(Kernels kernels, Learners learners, int fixed, int x, int levels, int hidden, int order,
            int residual, int y) {
        this.kernels = kernels;
        this.learners = learners;
        this.fixed = fixed;
        this.x = x;
        this.levels = levels;
        this.hidden = hidden;
        this.order = order;
        this.residual = residual;
        this.y = y;
        this.sorted = new SortedTokens(learners.count());
    }

    @Override
    public void bind(Frame f) {
        tokens = f.size(y) / learners.outputs();
        f.needScratch(Math.min(tokens, ROW_BLOCK) * Math.max(learners.inputs(), learners.outputs()));
    }

    @Override
    public boolean isRowWise() {
        return true;
    }

    @Override
    public void run(Frame f, Workers workers) {
        if (fixed >= 0) {
            sorted.uniform(tokens, fixed);
        } else {
            sorted.sort(f.ints(levels), f.offset(levels), tokens, f.ints(order), f.offset(order));
        }
        uniform = sorted.isUniform();
        frame = f;
        run(workers, sorted.needing(1), learners.up().panels(), up);
        run(workers, tokens, learners.outputPanels(), down);
        frame = null;
    }

    private void run(Workers workers, int rows, int panels, Workers.Tile tile) {
        int blocks = (rows + ROW_BLOCK - 1) / ROW_BLOCK;
        int wanted = workers.count() == 1 ? 1 : workers.count() * TILES_PER_WORKER;
        groups = Math.clamp(blocks == 0 ? 1 : (wanted + blocks - 1) / blocks, 1, panels);
        workers.forEach(blocks * groups, tile);
    }

    private int token(int sortedRow) {
        return frame.ints(order)[frame.offset(order) + sortedRow];
    }

    /** Hidden values of a block of rows in the columns of a group of panels, learner by learner. */
    private void up(int index, int worker) {
        int begin = index / groups * ROW_BLOCK;
        int group = index % groups;
        int last = panel(learners.up().panels(), group + 1);
        int d = learners.inputs();
        float[] rows = frame.floats(x);
        int at = frame.offset(x) + begin * d;
        if (!uniform) {
            rows = frame.scratch(worker);
            at = 0;
            int count = Math.min(ROW_BLOCK, sorted.needing(1) - begin);
            for (int r = 0; r < count; r++) {
                System.arraycopy(frame.floats(x), frame.offset(x) + token(begin + r) * d, rows, r * d, d);
            }
        }
        int width = learners.up().n();
        int n = 1;
        for (int p = panel(learners.up().panels(), group); p < last;) {
            while (n < learners.count() && learners.panelsBefore(n + 1) <= p) {
                n++;
            }
            int count = Math.min(ROW_BLOCK, sorted.needing(n) - begin);
            if (count <= 0) {
                return;
            }
            int end = n;
            while (end < learners.count() && Math.min(ROW_BLOCK, sorted.needing(end + 1) - begin) == count) {
                end++;
            }
            int to = end == learners.count() ? last : Math.min(last, learners.panelsBefore(end + 1));
            Gemm.run(kernels, count, rows, at, d, learners.up(), false, p, to, frame.floats(hidden),
                    frame.offset(hidden) + begin * width, width, learners.hidden(), null, 0, null, 0, 0, null);
            p = to;
        }
    }

    private int panel(int panels, int group) {
        return (int) ((long) panels * group / groups);
    }

    /** Outputs of a block of rows in the columns of a group of panels, one number of learners after the other. */
    private void down(int index, int worker) {
        int begin = index / groups * ROW_BLOCK;
        int end = Math.min(tokens, begin + ROW_BLOCK);
        int first = panel(learners.outputPanels(), index % groups);
        int last = panel(learners.outputPanels(), index % groups + 1);
        for (int k = learners.count(); k >= 0; k--) {
            int from = Math.max(begin, sorted.needing(k + 1));
            int to = Math.min(end, sorted.needing(k));
            if (from >= to) {
                continue;
            }
            if (k > 0 && uniform) {
                direct(k, from, to - from, first, last);
            } else {
                scattered(k, from, to - from, first, last, frame.scratch(worker));
            }
        }
    }

    private void direct(int k, int from, int count, int first, int last) {
        int n = learners.outputs();
        int width = learners.up().n();
        Gemm.run(kernels, count, frame.floats(hidden), frame.offset(hidden) + from * width, width, learners.down()[k], false,
                first, last, frame.floats(y), frame.offset(y) + from * n, n, learners.output()[k], null, 0,
                residual < 0 ? null : frame.floats(residual), residual < 0 ? 0 : frame.offset(residual) + from * n, n, null);
    }

    private void scattered(int k, int from, int count, int first, int last, float[] rows) {
        int n = learners.outputs();
        int width = learners.up().n();
        int column = first * PackedMatrix.PANEL;
        int columns = Math.min(n, last * PackedMatrix.PANEL) - column;
        if (k > 0) {
            Gemm.run(kernels, count, frame.floats(hidden), frame.offset(hidden) + from * width, width, learners.down()[k],
                    false, first, last, rows, 0, n, learners.output()[k], null, 0, null, 0, 0, null);
        }
        float[] added = learners.output()[0].bias();
        for (int r = 0; r < count; r++) {
            int at = r * n + column;
            if (k == 0 && added != null) {
                System.arraycopy(added, column, rows, at, columns);
            } else if (k == 0) {
                Arrays.fill(rows, at, at + columns, 0);
            }
            int to = (uniform ? from + r : token(from + r)) * n + column;
            if (residual < 0) {
                System.arraycopy(rows, at, frame.floats(y), frame.offset(y) + to, columns);
            } else {
                kernels.binary(BinaryFunction.ADD, rows, at, 1, frame.floats(residual), frame.offset(residual) + to, 1,
                        frame.floats(y), frame.offset(y) + to, columns);
            }
        }
    }
}
