package dev.lanewise.op.adaptive;

import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.kernel.Epilogue;
import dev.lanewise.kernel.Gemm;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.kernel.PackedWeights;
import java.util.Arrays;

/**
 * Learners over sorted tokens. A half panel of the first matrix is multiplied with the tokens that need a learner in it, the first ones of
 * the order; tokens of one number k with the first k*b rows of the second. Kernels take the tokens' rows where they are, so nothing is
 * gathered or scattered. Each output is one chain over ascending k, so a token's bits do not depend on the others. Tiles are blocks of
 * sorted tokens times groups of panels, those with the most learners first.
 */
final class AdaptiveComputationStep implements Step {
    private static final int ROW_BLOCK = Gemm.ROW_BLOCK;
    /** Several, since tiles differ in work; with more of them each thread reads more of the weights. */
    private static final int TILES_PER_WORKER = 6;
    /** Half of a usual L2 cache. */
    private static final int CACHED_FLOATS = 1 << 17;
    /** Panels between two epilogues of hidden values. */
    private static final int EPILOGUE_PANELS = 8;
    private static final int PANEL = PackedMatrix.PANEL;
    private static final int HALF = Learners.HALF;

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
    /** Panels of the second matrix that stay in the cache while tokens of one number after another meet them. */
    private final int panelsAtOnce;
    private final Workers.Tile up = this::up;
    private final Workers.Tile down = this::down;
    private int tokens;
    private int groups;
    private Frame frame;

    /** Slots; {@code levels} is -1 where the number is fixed, {@code residual} where there is none. */
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
        this.panelsAtOnce = Math.max(1, CACHED_FLOATS / (learners.up().n() * PANEL));
    }

    @Override
    public void bind(Frame f) {
        tokens = f.size(y) / learners.outputs();
        f.needScratch(Math.max(Gemm.scratch(learners.up(), ROW_BLOCK, false),
                Gemm.scratch(learners.down()[learners.count()], ROW_BLOCK, false)));
    }

    @Override
    public boolean isRowWise() {
        return true;
    }

    @Override
    public int[] tokensByLearners() {
        int[] tokensOf = new int[learners.count() + 1];
        Arrays.setAll(tokensOf, k -> sorted.needing(k) - sorted.needing(k + 1));
        return tokensOf;
    }

    @Override
    public void run(Frame f, Workers workers) {
        if (fixed >= 0) {
            sorted.uniform(tokens, fixed, f.ints(order), f.offset(order));
        } else {
            sorted.sort(f.ints(levels), f.offset(levels), tokens, f.ints(order), f.offset(order));
        }
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

    private int panel(int panels, int group) {
        return (int) ((long) panels * group / groups);
    }

    /** Hidden values of a block of tokens in the columns of a group of panels. */
    private void up(int index, int worker) {
        int begin = index / groups * ROW_BLOCK;
        int panels = learners.up().panels();
        int last = panel(panels, index % groups + 1);
        for (int p = panel(panels, index % groups); p < last; p += EPILOGUE_PANELS) {
            hidden(begin, p, Math.min(last, p + EPILOGUE_PANELS), worker);
        }
    }

    private void hidden(int begin, int first, int last, int worker) {
        int width = learners.hiddenWidth();
        for (int p = first; p < last; p++) {
            int any = tokensFrom(begin, p * PANEL);
            int whole = tokensFrom(begin, p * PANEL + HALF);
            product(begin, whole, x, learners.inputs(), learners.up(), p, PANEL, learners.bias(), hidden, width,
                    worker);
            product(begin + whole, any - whole, x, learners.inputs(), learners.up(), p, HALF, learners.bias(), hidden,
                    width, worker);
        }
        if (learners.activation() != null) {
            int column = first * PANEL;
            for (int k = learners.count(); k > 0 && learners.columns(k) > column; k--) {
                int columns = Math.min(last * PANEL, learners.columns(k)) - column;
                int end = Math.min(begin + ROW_BLOCK, sorted.needing(k));
                finish(Math.max(begin, sorted.needing(k + 1)), end, column, columns, learners.activation(), hidden,
                        width,
                        -1);
            }
        }
    }

    /** How many tokens of a block need a hidden column or one behind it. */
    private int tokensFrom(int begin, int column) {
        int needing = column < learners.up().n() ? sorted.needing(column / learners.width() + 1) : 0;
        return Math.clamp(needing - begin, 0, ROW_BLOCK);
    }

    /** Outputs of a block of tokens in the columns of a group of panels. */
    private void down(int index, int worker) {
        int begin = index / groups * ROW_BLOCK;
        int end = Math.min(tokens, begin + ROW_BLOCK);
        int first = panel(learners.outputPanels(), index % groups);
        int last = panel(learners.outputPanels(), index % groups + 1);
        for (int p = first; p < last; p += panelsAtOnce) {
            for (int k = learners.count(); k > 0; k--) {
                int from = Math.max(begin, sorted.needing(k + 1));
                int rows = Math.min(end, sorted.needing(k)) - from;
                for (int q = p; q < Math.min(last, p + panelsAtOnce); q++) {
                    product(from, rows, hidden, learners.hiddenWidth(), learners.down()[k], q,
                            learners.down()[k].columns(q), learners.output()[k], y, learners.outputs(), worker);
                }
            }
        }
        int column = first * PANEL;
        int columns = Math.min(learners.outputs(), last * PANEL) - column;
        none(Math.max(begin, sorted.needing(1)), end, column, columns);
        if (residual >= 0) {
            finish(begin, end, column, columns, Epilogue.NONE, y, learners.outputs(), residual);
        }
    }

    /** Tokens {@code first} to {@code first + rows - 1} of the order times a panel; slots of what they are rows of. */
    private void product(int first, int rows, int a, int aWidth, PackedWeights b, int panel, int columns, float[] added,
            int c, int cWidth, int worker) {
        if (rows > 0) {
            Gemm.listed(kernels, frame.ints(order), frame.offset(order) + first, rows, frame.floats(a), frame.offset(a),
                    aWidth, b, panel, columns, added, frame.floats(c), frame.offset(c) + panel * PANEL, cWidth,
                    frame.scratch(worker), PackedMatrix.FIRST);
        }
    }

    /** Tokens without a learner. */
    private void none(int from, int end, int column, int columns) {
        float[] ofNone = learners.output()[0];
        for (int r = from; r < end; r++) {
            int to = frame.offset(y) + token(r) * learners.outputs() + column;
            if (ofNone == null) {
                Arrays.fill(frame.floats(y), to, to + columns, 0);
            } else {
                System.arraycopy(ofNone, column, frame.floats(y), to, columns);
            }
        }
    }

    private int token(int sortedRow) {
        return frame.ints(order)[frame.offset(order) + sortedRow];
    }

    /** What follows a product, for runs of tokens that are neighbours. */
    private void finish(int from, int end, int column, int columns, Epilogue epilogue, int c, int width, int added) {
        for (int r = from; r < end;) {
            int token = token(r);
            int run = 1;
            while (r + run < end && token(r + run) == token + run) {
                run++;
            }
            int at = token * width + column;
            kernels.epilogue(run, columns, frame.floats(c), frame.offset(c) + at, width, epilogue, column, null, 0,
                    added < 0 ? null : frame.floats(added), added < 0 ? 0 : frame.offset(added) + at, width);
            r += run;
        }
    }
}
