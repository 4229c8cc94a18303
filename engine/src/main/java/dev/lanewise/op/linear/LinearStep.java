package dev.lanewise.op.linear;

import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.kernel.Epilogue;
import dev.lanewise.kernel.Gemm;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.kernel.PackedWeights;

/**
 * {@code activation((x W) scale + bias) + residual} over packed weights. Tiles are blocks of rows times groups of panels; how it is
 * cut depends on the number of workers, the result does not.
 */
final class LinearStep implements Step, Workers.Tile {
    private static final int ROW_BLOCK = Gemm.ROW_BLOCK;
    /** Tiles for each worker, so that one that is held up does not hold up all. */
    private static final int TILES_PER_WORKER = 6;

    private final Kernels kernels;
    private final int x;
    private final int y;
    private final int scale;
    private final PackedWeights all;
    private final Epilogue epilogue;
    private final int residual;
    /** The part of the weights that the present widths use. */
    private PackedWeights weights;
    private int rows;
    private int panelGroups;
    private Frame frame;

    /** {@code scale} is the slot of the scales of the rows of x, which then hold integers, or -1; {@code residual} may be -1. */
    LinearStep(Kernels kernels, int x, int scale, int y, PackedWeights weights, Epilogue epilogue, int residual) {
        this.kernels = kernels;
        this.x = x;
        this.scale = scale;
        this.y = y;
        this.all = weights;
        this.weights = weights;
        this.epilogue = epilogue;
        this.residual = residual;
    }

    @Override
    public void bind(Frame f) {
        int k = last(f.shape(x));
        int n = last(f.shape(y));
        if (k != weights.k() || n != weights.n()) {
            weights = all.prefix(k, n);
        }
        rows = n == 0 ? 0 : f.size(y) / n;
        f.needScratch(Gemm.scratch(weights, Math.min(rows, ROW_BLOCK), scale >= 0));
    }

    private static int last(int[] shape) {
        return shape[shape.length - 1];
    }

    @Override
    public boolean isRowWise() {
        return true;
    }

    @Override
    public long weightBytes() {
        return weights.bytes();
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
                scale >= 0, first, last, frame.floats(y), frame.offset(y) + row * n, n, epilogue,
                scale < 0 ? null : frame.floats(scale), scale < 0 ? 0 : frame.offset(scale) + row, added, addedOffset,
                n,
                frame.scratch(worker), PackedMatrix.FIRST);
    }
}
