package dev.lanewise.op.linear;

import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.kernel.Gemm;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.kernel.UnaryFunction;

/**
 * {@code activation(x W + bias) + residual} over packed weights. Tiles are blocks of rows times groups of panels; how it is
 * cut depends on the number of workers, the result does not.
 */
final class LinearStep implements Step, Workers.Tile {
    /** Rows of one tile, so that the block of x stays in the L2 cache. */
    private static final int ROW_BLOCK = 192;
    /** Tiles for each worker, so that one that is held up does not hold up all. */
    private static final int TILES_PER_WORKER = 6;

    private final Kernels kernels;
    private final int x;
    private final int y;
    private final PackedMatrix weights;
    private final float[] bias;
    private final UnaryFunction activation;
    private final int residual;
    private int rows;
    private int panelGroups;
    private Frame frame;

    /** {@code bias} and {@code activation} may be null, {@code residual} -1. */
    LinearStep(Kernels kernels, int x, int y, PackedMatrix weights, float[] bias, UnaryFunction activation,
            int residual) {
        this.kernels = kernels;
        this.x = x;
        this.y = y;
        this.weights = weights;
        this.bias = bias;
        this.activation = activation;
        this.residual = residual;
    }

    @Override
    public void bind(Frame f) {
        rows = f.size(y) / weights.n();
    }

    @Override
    public void run(Frame f, Workers workers) {
        frame = f;
        int rowBlocks = (rows + ROW_BLOCK - 1) / ROW_BLOCK;
        int wanted = workers.count() == 1 ? 1 : workers.count() * TILES_PER_WORKER;
        panelGroups = Math.clamp(rowBlocks == 0 ? 1 : (wanted + rowBlocks - 1) / rowBlocks, 1, weights.panels());
        workers.forEach(rowBlocks * panelGroups, this);
        frame = null;
    }

    @Override
    public void run(int index, int worker) {
        int row = index / panelGroups * ROW_BLOCK;
        int group = index % panelGroups;
        int first = (int) ((long) weights.panels() * group / panelGroups);
        int last = (int) ((long) weights.panels() * (group + 1) / panelGroups);
        int k = weights.k();
        int n = weights.n();
        float[] added = residual < 0 ? null : frame.floats(residual);
        int addedOffset = residual < 0 ? 0 : frame.offset(residual) + row * n;
        Gemm.run(kernels, Math.min(ROW_BLOCK, rows - row), frame.floats(x), frame.offset(x) + row * k, k, weights,
                first, last,
                frame.floats(y), frame.offset(y) + row * n, n, bias, activation, added, addedOffset, n);
    }
}
