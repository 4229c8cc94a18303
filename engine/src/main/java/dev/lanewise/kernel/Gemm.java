package dev.lanewise.kernel;

/** Matrix product over packed weights: blocks over rows and k so that a panel block stays in the L1 or L2 cache. */
public final class Gemm {
    /** Rows that share a panel block, so that their part of a (and of c) stays in L2. */
    private static final int ROW_BLOCK = 192;
    /** Panels between two epilogues: long enough rows for its loops, and few enough to be still in the L2 cache. */
    private static final int EPILOGUE_PANELS = 8;

    private Gemm() {
    }

    /**
     * {@code c = activation(a b + bias) + residual} for the columns of panels {@code firstPanel} to {@code lastPanel - 1}.
     *
     * @param a {@code [rows, b.k]}
     * @param c {@code [rows, b.n]} with rows {@code cStride} apart
     * @param bias {@code [b.n]}, or null
     * @param activation or null
     * @param residual {@code [rows, b.n]} with rows {@code residualStride} apart, or null
     */
    public static void run(Kernels kernels, int rows, float[] a, int aOffset, int aStride, PackedMatrix b,
            int firstPanel,
            int lastPanel, float[] c, int cOffset, int cStride, float[] bias, UnaryFunction activation,
            float[] residual,
            int residualOffset, int residualStride) {
        boolean finish = bias != null || activation != null || residual != null;
        for (int row = 0; row < rows; row += ROW_BLOCK) {
            int count = Math.min(ROW_BLOCK, rows - row);
            for (int p = firstPanel; p < lastPanel; p += EPILOGUE_PANELS) {
                int end = Math.min(p + EPILOGUE_PANELS, lastPanel);
                for (int q = p; q < end; q++) {
                    kernels.gemmPanel(count, b.columns(q), b.k(), a, aOffset + row * aStride, aStride, b.data(),
                            b.panelOffset(q), c, cOffset + row * cStride + q * PackedMatrix.PANEL, cStride, false);
                }
                if (finish) {
                    int column = p * PackedMatrix.PANEL;
                    int cols = Math.min(end * PackedMatrix.PANEL, b.n()) - column;
                    kernels.epilogue(count, cols, c, cOffset + row * cStride + column, cStride, bias, column,
                            activation, residual, residualOffset + row * residualStride + column, residualStride);
                }
            }
        }
    }
}
