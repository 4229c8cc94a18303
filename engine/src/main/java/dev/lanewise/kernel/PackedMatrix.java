package dev.lanewise.kernel;

import dev.lanewise.DeferredData;
import dev.lanewise.Tensor;
import java.util.List;

/**
 * FP32 weights: panel p starts at {@code FIRST + p*panelRows*32}, element (i, j) of it at {@code i*32 + j}.
 *
 * @param panelRows rows of a panel in the data, at least k
 */
public record PackedMatrix(int k, int n, int panelRows, float[] data) implements PackedWeights {
    /** Columns of a panel. */
    public static final int PANEL = 32;
    /**
     * Where data begins: an array's elements start 16 bytes into the object, so after 48 bytes more, rows of panels fall on
     * cache lines wherever the JVM puts large arrays on one (G1 does). A vector load across two lines costs two.
     */
    public static final int FIRST = 12;

    /** Packs matrices {@code [k, n0]}, {@code [k, n1]} … side by side. */
    public static PackedMatrix pack(List<Tensor> parts) {
        int k = parts.getFirst().dim(0);
        int n = 0;
        for (Tensor part : parts) {
            n += part.dim(1);
        }
        PackedMatrix packed = new PackedMatrix(k, n, k, allocate(k, n));
        packed.fill(parts);
        return packed;
    }

    @Override
    public DeferredData.Source transposed() {
        return sink -> {
            float[] column = new float[k];
            for (int j = 0; j < n; j++) {
                int from = panelOffset(j / PANEL) + j % PANEL;
                for (int i = 0; i < k; i++) {
                    column[i] = data[from + i * PANEL];
                }
                sink.take(column, 0, j * k, k);
            }
        };
    }

    private static float[] allocate(int k, int n) {
        int panels = (n + PANEL - 1) / PANEL;
        return new float[FIRST + Math.multiplyExact(Math.multiplyExact(panels, PANEL), k)];
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
        return new PackedMatrix(k, n, k, data);
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

    @Override
    public PackedMatrix prefix(int rows, int columns) {
        return new PackedMatrix(rows, columns, panelRows, data);
    }

    @Override
    public int panelOffset(int panel) {
        return FIRST + panel * panelRows * PANEL;
    }
}
