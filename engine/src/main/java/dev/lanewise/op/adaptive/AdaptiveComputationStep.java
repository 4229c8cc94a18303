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
    /** Half of a usual L2 cache. */
    private static final int CACHED_FLOATS = 1 << 17;

    /** Floats in it. */
    private static final int CACHE_LINE = 16;

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
    /** Panels of the second matrix that stay in the cache while rows of one number after another meet them. */
    private final int panelsAtOnce;
    private final Workers.Tile up = this::up;
    private final Workers.Tile down = this::down;
    private int tokens;
    /** Where scratch memory is free for weights, after a block of rows. */
    private int weightsAt;
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
        this.panelsAtOnce = Math.max(1, CACHED_FLOATS / (learners.up().n() * PackedMatrix.PANEL));
    }

    @Override
    public void bind(Frame f) {
        tokens = f.size(y) / learners.outputs();
        int block = Math.min(tokens, ROW_BLOCK);
        int rows = Math.ceilDiv(block * Math.max(learners.inputs(), learners.outputs()), CACHE_LINE) * CACHE_LINE;
        weightsAt = rows + PackedMatrix.FIRST;
        f.needScratch(rows + Math.max(Gemm.scratch(learners.up(), block, false),
                Gemm.scratch(learners.down()[learners.count()], block, false)));
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
                    frame.offset(hidden) + begin * width, width, learners.hidden(), null, 0, null, 0, 0,
                    frame.scratch(worker), weightsAt);
            p = to;
        }
    }

    private int panel(int panels, int group) {
        return (int) ((long) panels * group / groups);
    }

    /** Outputs of a block of rows in the columns of a group of panels. */
    private void down(int index, int worker) {
        int begin = index / groups * ROW_BLOCK;
        int end = Math.min(tokens, begin + ROW_BLOCK);
        int first = panel(learners.outputPanels(), index % groups);
        int last = panel(learners.outputPanels(), index % groups + 1);
        if (uniform && sorted.needing(1) > 0) {
            direct(begin, end, first, last, worker);
            return;
        }
        float[] rows = frame.scratch(worker);
        for (int p = first; p < last; p += panelsAtOnce) {
            for (int k = learners.count(); k > 0; k--) {
                int from = Math.max(begin, sorted.needing(k + 1));
                int to = Math.min(end, sorted.needing(k));
                if (from < to) {
                    product(k, from, to, p, Math.min(p + panelsAtOnce, last), rows, (from - begin) * learners.outputs(),
                            -1, worker);
                }
            }
        }
        scatter(begin, end, first, last, rows);
    }

    /** Rows that all have the same number lie where their tokens do. */
    private void direct(int begin, int end, int first, int last, int worker) {
        int k = learners.count();
        while (sorted.needing(k) == 0) {
            k--;
        }
        product(k, begin, end, first, last, frame.floats(y), frame.offset(y) + begin * learners.outputs(), residual,
                worker);
    }

    /** Outputs of rows with k learners; {@code added} is the slot of a residual that lies as they do, or -1. */
    private void product(int k, int from, int to, int first, int last, float[] out, int at, int added,
            int worker) {
        int n = learners.outputs();
        int width = learners.up().n();
        Gemm.run(kernels, to - from, frame.floats(hidden), frame.offset(hidden) + from * width, width,
                learners.down()[k],
                false, first, last, out, at, n, learners.output()[k], null, 0, added < 0 ? null : frame.floats(added),
                added < 0 ? 0 : frame.offset(added) + from * n, n, frame.scratch(worker), weightsAt);
    }

    private void scatter(int begin, int end, int first, int last, float[] rows) {
        int n = learners.outputs();
        int column = first * PackedMatrix.PANEL;
        int columns = Math.min(n, last * PackedMatrix.PANEL) - column;
        float[] ofNone = learners.output()[0].bias();
        for (int r = begin; r < end; r++) {
            int at = (r - begin) * n + column;
            if (r >= sorted.needing(1) && ofNone == null) {
                Arrays.fill(rows, at, at + columns, 0);
            } else if (r >= sorted.needing(1)) {
                System.arraycopy(ofNone, column, rows, at, columns);
            }
            int to = (uniform ? r : token(r)) * n + column;
            if (residual < 0) {
                System.arraycopy(rows, at, frame.floats(y), frame.offset(y) + to, columns);
            } else {
                kernels.binary(BinaryFunction.ADD, rows, at, 1, frame.floats(residual), frame.offset(residual) + to, 1,
                        frame.floats(y), frame.offset(y) + to, columns);
            }
        }
    }
}
