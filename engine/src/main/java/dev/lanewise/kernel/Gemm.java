package dev.lanewise.kernel;

/** Matrix product over packed weights: blocks of rows and panels, so that a panel stays in the L1 or L2 cache. */
public final class Gemm {
    /** Rows that share a panel, so that their part of a (and of c) stays in L2. */
    public static final int ROW_BLOCK = 192;
    /** Panels between two epilogues: long enough rows for its loops, and few enough to be still in the L2 cache. */
    private static final int EPILOGUE_PANELS = 8;
    /** Up to so many rows bytes become floats inside the tiles; for more, a panel is converted once for all. */
    private static final int FEW_ROWS = 16;
    /** Rows of {@link Kernels#gemmInt8Widening}. */
    private static final int WIDENING_ROWS = 8;

    /** Rows of a panel in fewer bits that become floats at a time, so that they are still in the L1 or L2 cache when they are used. */
    private static final int EXPANDED_ROWS = 512;

    private Gemm() {
    }

    /** Floats of scratch memory that {@link #run} needs for up to {@code rows} rows. */
    public static int scratch(PackedWeights b, int rows, boolean exact) {
        if (b instanceof PackedMatrix) {
            return 0;
        }
        if (!(b instanceof PackedInt8Matrix w)) {
            return PackedMatrix.FIRST + Math.min(b.k(), EXPANDED_ROWS) * PackedMatrix.PANEL;
        }
        int block = Math.min(rows, ROW_BLOCK);
        int panel = block > FEW_ROWS ? b.k() * PackedMatrix.PANEL : 0;
        int blocks = exact ? blocks(w) : 1;
        return PackedMatrix.FIRST + panel + (blocks > 1 ? blocks * block * PackedMatrix.PANEL : 0);
    }

    /** Blocks of k whose sums are exact. */
    private static int blocks(PackedInt8Matrix b) {
        return (b.k() + b.exactDepth() - 1) / b.exactDepth();
    }

    /**
     * {@code c = activation((a b) scale + bias) + residual} for the columns of panels {@code firstPanel} to {@code lastPanel - 1}.
     *
     * @param a {@code [rows, b.k]}
     * @param exact a holds integers of at most 255, b is of bytes, and their product is to be exact before it becomes a float
     * @param c {@code [rows, b.n]} with rows {@code cStride} apart
     * @param rowScales a number for each row that the column's scale is multiplied by, or null
     * @param residual {@code [rows, b.n]} with rows {@code residualStride} apart, or null
     * @param scratch as much as {@link #scratch} says from {@code scratchOffset} on; null for none
     */
    public static void run(Kernels kernels, int rows, float[] a, int aOffset, int aStride, PackedWeights b,
            boolean exact, int firstPanel, int lastPanel, float[] c, int cOffset, int cStride, Epilogue epilogue,
            float[] rowScales, int rowScalesOffset, float[] residual, int residualOffset, int residualStride,
            float[] scratch, int scratchOffset) {
        for (int row = 0; row < rows; row += ROW_BLOCK) {
            int count = Math.min(ROW_BLOCK, rows - row);
            int from = aOffset + row * aStride;
            for (int p = firstPanel; p < lastPanel; p += EPILOGUE_PANELS) {
                int end = Math.min(p + EPILOGUE_PANELS, lastPanel);
                int column = p * PackedMatrix.PANEL;
                int to = cOffset + row * cStride + column;
                switch (b) {
                    case PackedMatrix w -> panels(kernels, count, a, from, aStride, w, p, end, c, to, cStride);
                    case PackedInt8Matrix w when exact && blocks(w) > 1 ->
                            exactPanels(kernels, count, a, from, aStride, w, p, end, c, to, cStride, scratch,
                                    scratchOffset);
                    case PackedInt8Matrix w ->
                            bytePanels(kernels, count, a, from, aStride, w, p, end, c, to, cStride, scratch,
                                    scratchOffset);
                    case PackedGroups w -> groupPanels(kernels, count, a, from, aStride, w, p, end, c, to, cStride,
                            scratch, scratchOffset);
                    case PackedHalves w -> {
                        for (int panel = p; panel < end; panel++) {
                            expanded(kernels, count, a, from, aStride, w, panel, c,
                                    to + (panel - p) * PackedMatrix.PANEL, cStride, scratch, scratchOffset);
                        }
                    }
                }
                if (!epilogue.isEmpty() || residual != null) {
                    int cols = Math.min(end * PackedMatrix.PANEL, b.n()) - column;
                    kernels.epilogue(count, cols, c, to, cStride, epilogue, column, rowScales, rowScalesOffset + row,
                            residual, residualOffset + row * residualStride + column, residualStride);
                }
            }
        }
    }

    private static void panels(Kernels kernels, int rows, float[] a, int aOffset, int aStride, PackedMatrix b,
            int first, int last, float[] c, int cOffset, int cStride) {
        for (int p = first; p < last; p++) {
            kernels.gemmPanel(rows, b.columns(p), b.k(), a, aOffset, aStride, b.data(), b.panelOffset(p), c,
                    cOffset + (p - first) * PackedMatrix.PANEL, cStride, false);
        }
    }

    private static void bytePanels(Kernels kernels, int rows, float[] a, int aOffset, int aStride,
            PackedInt8Matrix b, int first, int last, float[] c, int cOffset, int cStride, float[] scratch,
            int scratchOffset) {
        if (rows <= FEW_ROWS) {
            int cols = Math.min(last * PackedMatrix.PANEL, b.n()) - first * PackedMatrix.PANEL;
            kernels.gemmInt8(rows, cols, b.k(), a, aOffset, aStride, b.data(), b.panelOffset(first),
                    b.panelRows() * PackedMatrix.PANEL, c, cOffset, cStride);
            return;
        }
        for (int p = first; p < last; p++) {
            int to = cOffset + (p - first) * PackedMatrix.PANEL;
            int done = 0;
            if (b.columns(p) == PackedMatrix.PANEL) {
                kernels.gemmInt8Widening(b.k(), a, aOffset, aStride, b.data(), b.panelOffset(p), c, to, cStride,
                        scratch, scratchOffset);
                done = WIDENING_ROWS;
            } else {
                toFloats(kernels, b, p, scratch, scratchOffset);
            }
            kernels.gemmPanel(rows - done, b.columns(p), b.k(), a, aOffset + done * aStride, aStride, scratch,
                    scratchOffset, c, to + done * cStride, cStride, false);
        }
    }

    private static void groupPanels(Kernels kernels, int rows, float[] a, int aOffset, int aStride, PackedGroups b,
            int first, int last, float[] c, int cOffset, int cStride, float[] scratch, int scratchOffset) {
        int p = first;
        if (rows == 1 && b.zeros() == null && b.groupShift() >= 0) {
            p = Math.max(first, Math.min(last, b.n() / PackedMatrix.PANEL));
            kernels.gemvGroups(b, first, p, a, aOffset, c, cOffset);
        }
        for (; p < last; p++) {
            expanded(kernels, rows, a, aOffset, aStride, b, p, c, cOffset + (p - first) * PackedMatrix.PANEL, cStride,
                    scratch, scratchOffset);
        }
    }

    /**
     * {@code c = a b + added} for the first {@code cols} columns of one panel and rows that a list names, as
     * {@link Kernels#gemmListed} has them.
     *
     * @param b not of bytes
     * @param added a row of whole panels, or null
     * @param scratch as {@link #run} takes it
     */
    public static void listed(Kernels kernels, int[] list, int first, int rows, float[] a, int aOffset, int aStride,
            PackedWeights b, int panel, int cols, float[] added, float[] c, int cOffset, int cStride, float[] scratch,
            int scratchOffset) {
        if (b instanceof PackedMatrix w) {
            kernels.gemmListed(list, first, rows, cols, b.k(), a, aOffset, aStride, w.data(), w.panelOffset(panel),
                    added, panel * PackedMatrix.PANEL, c, cOffset, cStride, false);
            return;
        }
        int from = 0;
        do {
            int depth = Math.min(EXPANDED_ROWS, b.k() - from);
            toFloats(kernels, b, panel, from, depth, scratch, scratchOffset);
            boolean ends = from + depth == b.k();
            kernels.gemmListed(list, first, rows, cols, depth, a, aOffset + from, aStride, scratch, scratchOffset,
                    ends ? added : null, panel * PackedMatrix.PANEL, c, cOffset, cStride, from > 0);
            from += depth;
        } while (from < b.k());
    }

    /** One panel, whose rows become floats some at a time. */
    private static void expanded(Kernels kernels, int rows, float[] a, int aOffset, int aStride, PackedWeights b,
            int panel, float[] c, int cOffset, int cStride, float[] scratch, int scratchOffset) {
        int from = 0;
        do {
            int depth = Math.min(EXPANDED_ROWS, b.k() - from);
            toFloats(kernels, b, panel, from, depth, scratch, scratchOffset);
            kernels.gemmPanel(rows, b.columns(panel), depth, a, aOffset + from, aStride, scratch, scratchOffset, c,
                    cOffset, cStride, from > 0);
            from += depth;
        } while (from < b.k());
    }

    private static void toFloats(Kernels kernels, PackedWeights b, int panel, int from, int depth, float[] scratch,
            int scratchOffset) {
        switch (b) {
            case PackedGroups w -> kernels.groupsToFloat(w, panel, from, depth, scratch, scratchOffset);
            case PackedHalves w -> w.toFloats(panel, from, depth, scratch, scratchOffset);
            default -> throw new IllegalArgumentException(b.toString());
        }
    }

    private static void toFloats(Kernels kernels, PackedInt8Matrix b, int panel, float[] scratch, int scratchOffset) {
        kernels.int8ToFloat(b.data(), b.panelOffset(panel), scratch, scratchOffset, b.k() * PackedMatrix.PANEL);
    }

    /** Blocks of k, each of which is exact, are kept side by side and added as integers. */
    private static void exactPanels(Kernels kernels, int rows, float[] a, int aOffset, int aStride,
            PackedInt8Matrix b, int first, int last, float[] c, int cOffset, int cStride, float[] scratch,
            int scratchOffset) {
        int width = PackedMatrix.PANEL;
        int sumsAt = scratchOffset + (rows <= FEW_ROWS ? 0 : b.k() * width);
        int sumStride = rows * width;
        for (int p = first; p < last; p++) {
            if (rows > FEW_ROWS) {
                toFloats(kernels, b, p, scratch, scratchOffset);
            }
            int blocks = 0;
            for (int k = 0; k < b.k(); k += b.exactDepth(), blocks++) {
                int depth = Math.min(b.exactDepth(), b.k() - k);
                int to = sumsAt + blocks * sumStride;
                if (rows <= FEW_ROWS) {
                    kernels.gemmInt8(rows, width, depth, a, aOffset + k, aStride, b.data(),
                            b.panelOffset(p) + k * width, 0, scratch, to, width);
                } else {
                    kernels.gemmPanel(rows, width, depth, a, aOffset + k, aStride, scratch,
                            scratchOffset + k * width, scratch, to, width, false);
                }
            }
            kernels.addIntegers(rows, b.columns(p), blocks, scratch, sumsAt, sumStride, c,
                    cOffset + (p - first) * width, cStride);
        }
    }
}
