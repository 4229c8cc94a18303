package dev.lanewise.op.shape;

import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.kernel.PackedTable;

/** {@link Gather} of rows of an encoded table. One tile is a block of rows. */
final class TableRows implements Step, Workers.Tile {
    private static final int BLOCK = 64;

    private final String node;
    private final PackedTable table;
    private final int indices;
    private final int out;
    private Frame frame;
    private int rows;

    TableRows(String node, PackedTable table, int indices, int out) {
        this.node = node;
        this.table = table;
        this.indices = indices;
        this.out = out;
    }

    @Override
    public void bind(Frame f) {
        frame = f;
        rows = f.size(indices);
    }

    @Override
    public boolean isRowWise() {
        return true;
    }

    @Override
    public void run(Frame f, Workers workers) {
        workers.forEach((rows + BLOCK - 1) / BLOCK, this);
    }

    @Override
    public void run(int index, int worker) {
        Object chosen = frame.array(indices);
        int from = frame.offset(indices);
        for (int r = index * BLOCK; r < Math.min(rows, (index + 1) * BLOCK); r++) {
            long wanted = chosen instanceof long[] longs ? longs[from + r] : ((int[]) chosen)[from + r];
            int row = Gather.index(wanted, table.rows(), node, r);
            table.read(row, frame.floats(out), frame.offset(out) + r * table.width());
        }
    }
}
