package dev.lanewise.op.quant;

import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.PackedMatrix;

/**
 * Integer product on the float units: a block of a becomes floats without zero point, is multiplied in blocks of k so short
 * that every sum is exact, and each block's result is added to the INT32 output. So the order of sums does not matter.
 */
final class MatMulIntegerStep implements Step, Workers.Tile {
    private static final int ROW_BLOCK = 96;
    private static final int TILES_PER_WORKER = 3;

    private final Kernels kernels;
    private final int a;
    private final boolean signed;
    private final int zeroA;
    private final PackedMatrix b;
    private final int kBlock;
    private final int y;
    private Frame frame;
    private int rows;
    private int panelGroups;

    /** {@code zeroA} is the slot of a's zero point, or -1. */
    MatMulIntegerStep(Kernels kernels, int a, boolean signed, int zeroA, IntegerWeights b, int y) {
        this.kernels = kernels;
        this.a = a;
        this.signed = signed;
        this.zeroA = zeroA;
        this.b = b.panels();
        this.kBlock = Math.min(b.kBlock(), b.panels().k());
        this.y = y;
    }

    @Override
    public void bind(Frame f) {
        frame = f;
        rows = f.size(y) / b.n();
        int block = Math.min(rows, ROW_BLOCK);
        f.needScratch(block * kBlock + block * PackedMatrix.PANEL);
    }

    @Override
    public void run(Frame f, Workers workers) {
        int rowBlocks = (rows + ROW_BLOCK - 1) / ROW_BLOCK;
        int wanted = workers.count() == 1 ? 1 : workers.count() * TILES_PER_WORKER;
        panelGroups = Math.clamp(rowBlocks == 0 ? 1 : (wanted + rowBlocks - 1) / rowBlocks, 1, b.panels());
        workers.forEach(rowBlocks * panelGroups, this);
    }

    @Override
    public void run(int index, int worker) {
        int row = index / panelGroups * ROW_BLOCK;
        int group = index % panelGroups;
        int first = (int) ((long) b.panels() * group / panelGroups);
        int last = (int) ((long) b.panels() * (group + 1) / panelGroups);
        int count = Math.min(ROW_BLOCK, rows - row);
        int zero = zeroPoint();
        float[] scratch = frame.scratch(worker);
        int product = count * kBlock;
        int[] out = frame.ints(y);
        for (int k = 0; k < b.k(); k += kBlock) {
            int depth = Math.min(kBlock, b.k() - k);
            for (int r = 0; r < count; r++) {
                kernels.dequantizeLinear8(frame.bytes(a), signed, frame.offset(a) + (row + r) * b.k() + k, 1, zero,
                        scratch, r * depth, depth);
            }
            for (int p = first; p < last; p++) {
                int column = p * PackedMatrix.PANEL;
                int columns = Math.min(PackedMatrix.PANEL, b.n() - column);
                kernels.gemmPanel(count, columns, depth, scratch, 0, depth, b.data(),
                        b.panelOffset(p) + k * PackedMatrix.PANEL, scratch, product, PackedMatrix.PANEL, false);
                int to = frame.offset(y) + row * b.n() + column;
                for (int r = 0; r < count; r++) {
                    kernels.addFloatToInt(scratch, product + r * PackedMatrix.PANEL, out, to + r * b.n(), columns,
                            k > 0);
                }
            }
        }
    }

    private int zeroPoint() {
        if (zeroA < 0) {
            return 0;
        }
        byte value = frame.bytes(zeroA)[frame.offset(zeroA)];
        return signed ? value : value & 0xFF;
    }
}
