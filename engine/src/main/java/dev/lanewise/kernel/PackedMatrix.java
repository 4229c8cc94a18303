package dev.lanewise.kernel;

import dev.lanewise.DeferredData;
import dev.lanewise.Tensor;
import java.util.List;

/**
 * A matrix {@code [k, n]} in panels of 32 columns: panel p holds columns 32p … 32p+31 and starts at {@code FIRST + p*k*32}, element
 * (k, j) of it at {@code k*32 + j}; missing columns are zero. A prefix of columns is a prefix of panels.
 */
public record PackedMatrix(int k, int n, float[] data) {
    /** Columns of a panel. */
    public static final int PANEL = 32;
    /**
     * Where data begins: an array's elements start 16 bytes into the object, so after 48 bytes more, rows of panels fall on
     * cache lines wherever the JVM puts large arrays on one (G1 does). A vector load across two lines costs two.
     */
    public static final int FIRST = 12;

    /** Packs matrices {@code [k, n0]}, {@code [k, n1]} … side by side, without bringing their elements to memory. */
    public static PackedMatrix pack(List<Tensor> parts) {
        int k = parts.getFirst().dim(0);
        int n = 0;
        for (Tensor part : parts) {
            n += part.dim(1);
        }
        PackedMatrix packed = new PackedMatrix(k, n, allocate(k, n));
        int column = 0;
        for (Tensor part : parts) {
            int from = column;
            part.read((array, offset, first, count) -> packed.put((float[]) array, offset, first, count, from,
                    part.dim(1)));
            column += part.dim(1);
        }
        return packed;
    }

    private static float[] allocate(int k, int n) {
        int panels = (n + PANEL - 1) / PANEL;
        return new float[FIRST + Math.multiplyExact(Math.multiplyExact(panels, PANEL), k)];
    }

    /** Elements from {@code first} on of a matrix that is {@code width} wide and starts at {@code column}. */
    private void put(float[] from, int offset, int first, int count, int column, int width) {
        for (int i = 0; i < count;) {
            int j = column + (first + i) % width;
            int run = Math.min(Math.min(count - i, column + width - j), PANEL - j % PANEL);
            System.arraycopy(from, offset + i, data, at((first + i) / width, j), run);
            i += run;
        }
    }

    /** The elements of columns {@code column} to {@code column + width - 1}, row after row, as they were before packing. */
    public DeferredData.Source columns(int column, int width) {
        return sink -> {
            float[] row = new float[width];
            for (int i = 0; i < k; i++) {
                for (int j = 0; j < width;) {
                    int run = Math.min(width - j, PANEL - (column + j) % PANEL);
                    System.arraycopy(data, at(i, column + j), row, j, run);
                    j += run;
                }
                sink.take(row, 0, i * width, width);
            }
        };
    }

    private int at(int row, int column) {
        return panelOffset(column / PANEL) + row * PANEL + column % PANEL;
    }

    /** Packs b, which is {@code [k, n]}, or {@code [n, k]} if transposed, from {@code offset} on. */
    public static PackedMatrix pack(float[] b, int offset, int k, int n, boolean transposed) {
        int panels = (n + PANEL - 1) / PANEL;
        float[] data = allocate(k, n);
        for (int p = 0; p < panels; p++) {
            int cols = Math.min(PANEL, n - p * PANEL);
            if (transposed) {
                packPanelTransposed(b, offset + p * PANEL * k, k, k, cols, data, FIRST + p * k * PANEL);
            } else {
                packPanel(b, offset + p * PANEL, n, k, cols, data, FIRST + p * k * PANEL);
            }
        }
        return new PackedMatrix(k, n, data);
    }

    /** One panel out of rows of b that lie {@code stride} apart: element (i, j) from {@code b[offset + i*stride + j]}. */
    public static void packPanel(float[] b, int offset, int stride, int k, int cols, float[] panel, int panelOffset) {
        for (int i = 0; i < k; i++) {
            int from = offset + i * stride;
            int to = panelOffset + i * PANEL;
            for (int j = 0; j < cols; j++) {
                panel[to + j] = b[from + j];
            }
            for (int j = cols; j < PANEL; j++) {
                panel[to + j] = 0;
            }
        }
    }

    /** One panel whose columns are rows of b: element (i, j) from {@code b[offset + j*stride + i]}. */
    public static void packPanelTransposed(float[] b, int offset, int stride, int k, int cols, float[] panel,
            int panelOffset) {
        for (int j = 0; j < PANEL; j++) {
            int from = offset + j * stride;
            int to = panelOffset + j;
            if (j < cols) {
                for (int i = 0; i < k; i++) {
                    panel[to + i * PANEL] = b[from + i];
                }
            } else {
                for (int i = 0; i < k; i++) {
                    panel[to + i * PANEL] = 0;
                }
            }
        }
    }

    public int panels() {
        return (n + PANEL - 1) / PANEL;
    }

    /** Columns of a panel that are the matrix's own. */
    public int columns(int panel) {
        return Math.min(PANEL, n - panel * PANEL);
    }

    public int panelOffset(int panel) {
        return FIRST + panel * k * PANEL;
    }
}
