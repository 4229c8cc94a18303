package dev.lanewise.op.shape;

import dev.lanewise.exec.Workers;
import java.util.Arrays;

/**
 * Copies a box of elements between two arrays of one kind, each walked with strides of its own: what Transpose, Slice,
 * Expand, Concat and Split have in common. A source stride of 0 repeats an element, a negative one walks backwards. Axes
 * that lie in line in both arrays are merged; the last two are copied in square blocks, so that a transposition reads and
 * writes whole cache lines.
 */
final class StridedCopy implements Workers.Tile {
    /** Rows of a unit of work and columns of a block. */
    private static final int BLOCK = 16;
    /** Rows of a unit where columns are few, which are then copied one by one. */
    private static final int LONG_BLOCK = 1024;
    private static final int FEW_COLUMNS = 8;
    private static final int SMALLEST_TILE = 1 << 14;

    private int rank;
    private int[] dims = new int[8];
    private int[] from = new int[8];
    private int[] to = new int[8];
    private int blockRows;
    private int rowBlocks;
    private int units;
    private int unitsPerTile;

    private Object source;
    private int sourceOffset;
    private Object target;
    private int targetOffset;

    /** Copies once, on this thread. */
    static void copy(int[] shape, Object source, int sourceOffset, int[] from, Object target, int targetOffset,
            int[] to) {
        StridedCopy copy = new StridedCopy();
        copy.bind(shape, from, to);
        copy.run(source, sourceOffset, target, targetOffset, null);
    }

    /** Sets the box and the strides of both sides. */
    void bind(int[] shape, int[] fromStrides, int[] toStrides) {
        if (dims.length < shape.length + 2) {
            dims = new int[shape.length + 2];
            from = new int[shape.length + 2];
            to = new int[shape.length + 2];
        }
        Arrays.fill(dims, 1);
        Arrays.fill(from, 0);
        Arrays.fill(to, 0);
        rank = 2; // two axes of 1 in front keep the loops below without special cases
        long size = 1;
        for (int a = 0; a < shape.length; a++) {
            size *= shape[a];
            if (shape[a] == 1) {
                continue;
            }
            int last = rank - 1;
            if (from[last] == fromStrides[a] * shape[a] && to[last] == toStrides[a] * shape[a] && dims[last] > 1) {
                dims[last] *= shape[a];
                from[last] = fromStrides[a];
                to[last] = toStrides[a];
            } else {
                dims[rank] = shape[a];
                from[rank] = fromStrides[a];
                to[rank++] = toStrides[a];
            }
        }
        blockRows = dims[rank - 1] <= FEW_COLUMNS ? LONG_BLOCK : BLOCK;
        rowBlocks = (dims[rank - 2] + blockRows - 1) / blockRows;
        units = size == 0 ? 0 : rowBlocks * Layout.product(dims, 0, rank - 2);
        long unitSize = units == 0 ? 1 : Math.max(1, size / units);
        unitsPerTile = (int) Math.max(1, SMALLEST_TILE / unitSize);
    }

    /** Copies with the arrays given; {@code workers} may be null. */
    void run(Object sourceArray, int firstSource, Object targetArray, int firstTarget, Workers workers) {
        source = sourceArray;
        sourceOffset = firstSource;
        target = targetArray;
        targetOffset = firstTarget;
        int tiles = (units + unitsPerTile - 1) / unitsPerTile;
        if (workers == null || tiles <= 1) {
            units(0, units);
        } else {
            workers.forEach(tiles, this);
        }
        source = null;
        target = null;
    }

    @Override
    public void run(int index, int worker) {
        units(index * unitsPerTile, Math.min(units, (index + 1) * unitsPerTile));
    }

    private void units(int first, int end) {
        int rowAxis = rank - 2;
        int columnAxis = rank - 1;
        for (int unit = first; unit < end; unit++) {
            int row = unit % rowBlocks * blockRows;
            int rest = unit / rowBlocks;
            int s = sourceOffset + row * from[rowAxis];
            int t = targetOffset + row * to[rowAxis];
            for (int a = rowAxis - 1; a >= 0; a--) {
                int i = rest % dims[a];
                rest /= dims[a];
                s += i * from[a];
                t += i * to[a];
            }
            int rows = Math.min(blockRows, dims[rowAxis] - row);
            block(rows, dims[columnAxis], s, t);
        }
    }

    /** Some rows of the last two axes. */
    private void block(int rows, int columns, int s, int t) {
        int fromRow = from[rank - 2];
        int fromColumn = from[rank - 1];
        int toRow = to[rank - 2];
        int toColumn = to[rank - 1];
        if (fromColumn == 1 && toColumn == 1) {
            for (int r = 0; r < rows; r++) {
                copyRow(s + r * fromRow, t + r * toRow, columns);
            }
            return;
        }
        if (columns <= FEW_COLUMNS) {
            for (int c = 0; c < columns; c++) {
                copyStrided(s + c * fromColumn, fromRow, t + c * toColumn, toRow, rows);
            }
            return;
        }
        for (int c = 0; c < columns; c += BLOCK) {
            int width = Math.min(BLOCK, columns - c);
            int sc = s + c * fromColumn;
            int tc = t + c * toColumn;
            for (int r = 0; r < rows; r++) {
                copyStrided(sc + r * fromRow, fromColumn, tc + r * toRow, toColumn, width);
            }
        }
    }

    private void copyRow(int s, int t, int n) {
        switch (source) {
            case float[] a -> System.arraycopy(a, s, (float[]) target, t, n);
            case long[] a -> System.arraycopy(a, s, (long[]) target, t, n);
            case byte[] a -> System.arraycopy(a, s, (byte[]) target, t, n);
            case int[] a -> System.arraycopy(a, s, (int[]) target, t, n);
            default -> System.arraycopy(source, s, target, t, n);
        }
    }

    private void copyStrided(int s, int sStep, int t, int tStep, int n) {
        switch (source) {
            case float[] a -> copyFloats(a, s, sStep, (float[]) target, t, tStep, n);
            case long[] a -> {
                long[] b = (long[]) target;
                for (int i = 0; i < n; i++) {
                    b[t + i * tStep] = a[s + i * sStep];
                }
            }
            case byte[] a -> {
                byte[] b = (byte[]) target;
                for (int i = 0; i < n; i++) {
                    b[t + i * tStep] = a[s + i * sStep];
                }
            }
            case int[] a -> {
                int[] b = (int[]) target;
                for (int i = 0; i < n; i++) {
                    b[t + i * tStep] = a[s + i * sStep];
                }
            }
            case short[] a -> {
                short[] b = (short[]) target;
                for (int i = 0; i < n; i++) {
                    b[t + i * tStep] = a[s + i * sStep];
                }
            }
            case double[] a -> {
                double[] b = (double[]) target;
                for (int i = 0; i < n; i++) {
                    b[t + i * tStep] = a[s + i * sStep];
                }
            }
            default -> {
                String[] a = (String[]) source;
                String[] b = (String[]) target;
                for (int i = 0; i < n; i++) {
                    b[t + i * tStep] = a[s + i * sStep];
                }
            }
        }
    }

    private static void copyFloats(float[] a, int s, int sStep, float[] b, int t, int tStep, int n) {
        if (sStep == 1) { // one bounds check fewer for each element of an image
            for (int i = 0, to = t; i < n; i++, to += tStep) {
                b[to] = a[s + i];
            }
        } else {
            for (int i = 0; i < n; i++) {
                b[t + i * tStep] = a[s + i * sStep];
            }
        }
    }
}
