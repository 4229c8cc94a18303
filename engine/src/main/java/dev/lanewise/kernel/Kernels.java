package dev.lanewise.kernel;

/**
 * All compute kernels. Two implementations: scalar, the specification, and vector; both give the same bits for the same
 * input, whatever the width. Memory is heap arrays with an offset of the first element; rows lie {@code stride} elements
 * apart. Each method works on the calling thread and allocates nothing.
 *
 * <p>
 * Every dot product is one chain of fused multiply-adds over ascending k. Every reduction runs over 16 virtual lanes
 * (element i goes to lane i mod 16), which are then joined: lane l with l+8, l+4, l+2, l+1.
 */
public interface Kernels {
    /** Elements of working memory that {@link #convolve} needs. */
    int EDGE = 128;

    /** {@code vector} or {@code scalar}. */
    String name();

    /** Width of a vector in bits; 0 for scalar. */
    int vectorBits();

    /**
     * A block of rows times one packed panel: {@code c[r,j] = (accumulate ? c[r,j] : 0) + sum over k of a[r,k] panel[k,j]}.
     *
     * @param cols columns that are stored, at most {@link PackedMatrix#PANEL}
     * @param panel element (k, j) at {@code panelOffset + k*32 + j}; columns beyond {@code cols} must be readable
     */
    void gemmPanel(int rows, int cols, int k, float[] a, int aOffset, int aStride, float[] panel, int panelOffset,
            float[] c,
            int cOffset, int cStride, boolean accumulate);

    /**
     * As {@link #gemmPanel} for {@code rows} rows that a list names from {@code first} on: row {@code list[first + r]} of a gives the row
     * of c of the same number. No row is named twice. Then a row is added to each.
     *
     * @param added {@code cols} elements and room to a whole panel, or null
     */
    void gemmListed(int[] list, int first, int rows, int cols, int k, float[] a, int aOffset, int aStride,
            float[] panel, int panelOffset, float[] added, int addedOffset, float[] c, int cOffset, int cStride,
            boolean accumulate);

    /**
     * Convolution of rows of channels: for output position r and output j of the panels,
     * {@code y[r, j] = max(floor, sum over segments s and i < depth of x[starts[r] + segments[s] + i] w[s*depth + i, j] + bias[j] + residual[r, j])}.
     *
     * @param w {@code [segments * depth, outputs]}
     * @param bias one element for each column of w's panels
     * @param starts from {@code first} on, for each position where its window begins, counted from {@code xOffset}
     * @param segments for each run of elements of a window where it begins, counted from the window's start
     * @param y rows of outputs; the first panel of w is written at {@code yOffset} whatever {@code firstPanel}
     * @param residual as y; one row with a stride of 0 serves all positions
     * @param floor 0 for a rectifier, -infinity for none
     * @param edge room for {@link #EDGE} elements, overwritten
     */
    void convolve(PackedMatrix w, float[] bias, int firstPanel, int lastPanel, int rows, float[] x, int xOffset,
            int[] starts, int first, int[] segments, float[] y, int yOffset, int yStride, float[] residual,
            int residualOffset, int residualStride, float floor, float[] edge);

    /**
     * Convolution of each channel by itself: for position r and channel c
     * {@code y[r, c] = max(floor, sum over segments s of x[starts[r] + segments[s] + c] w[s*wStride + c] + bias[c] + residual[r, c])};
     * all else as in {@link #convolve}.
     *
     * @param w {@code [segments, channels]} with rows {@code wStride} apart
     */
    void convolveChannels(int channels, float[] w, int wOffset, int wStride, float[] bias, int biasOffset, int rows,
            float[] x, int xOffset, int[] starts, int first, int[] segments, float[] y, int yOffset, int yStride,
            float[] residual, int residualOffset, int residualStride, float floor);

    /**
     * Largest elements of windows over rows of channels: {@code y[p*yStep + c]} is the largest of
     * {@code x[p*step + i*line + j*pixel + c]} over {@code i < lines} and {@code j < pixels}, 1 or more each; a NaN wins.
     */
    void maxPool(int positions, int step, int channels, float[] x, int xOffset, int lines, int line, int pixels,
            int pixel, float[] y, int yOffset, int yStep);

    /** The same with sums, in the order of the window's elements, divided by {@code count}. */
    void meanPool(int positions, int step, int channels, float[] x, int xOffset, int lines, int line, int pixels,
            int pixel, float count, float[] y, int yOffset, int yStep);

    /** {@code y[i] = f(x[i])}; x and y may be the same range. */
    void unary(UnaryFunction f, float[] x, int xOffset, float[] y, int yOffset, int n);

    /** {@code y[i] = f(a[i*aStep], b[i*bStep])} with steps 0 or 1; y may be the range of an operand. */
    void binary(BinaryFunction f, float[] a, int aOffset, int aStep, float[] b, int bOffset, int bStep, float[] y,
            int yOffset,
            int n);

    /** Softmax of each row: {@code exp(x - max) / sum}. */
    void softmaxRows(int rows, int cols, float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride);

    /** {@code (x - mean) / sqrt(variance + epsilon) * gamma + beta} of each row; beta may be null. */
    void layerNormRows(int rows, int cols, float[] x, int xOffset, int xStride, float[] gamma, float[] beta,
            float epsilon,
            float[] y, int yOffset, int yStride);

    /** {@code x / sqrt(mean(x²) + epsilon) * gamma} of each row. */
    void rmsNormRows(int rows, int cols, float[] x, int xOffset, int xStride, float[] gamma, float epsilon, float[] y,
            int yOffset,
            int yStride);

    /** Folds {@code n} elements; the neutral element for none. */
    float reduce(ReduceFunction f, float[] x, int offset, int n);

    /**
     * As {@link #gemmPanel} for all 32 columns, with a on its side and rows of b anywhere:
     * {@code c[r,j] = (accumulate ? c[r,j] : 0) + sum over k of a[aOffset + k*aStride + r] b[bOffset + k*bStride + j]}.
     */
    void gemmTransposed(int rows, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, int bStride,
            float[] c, int cOffset, int cStride, boolean accumulate);

    /**
     * A panel whose columns are rows of x times a factor: {@code panel[i*32 + r] = factor * x[r*xStride + i]} for
     * r &lt; rows &le; 32 and i &lt; cols; the other columns are zero.
     */
    void transposePanel(int rows, int cols, float[] x, int xOffset, int xStride, float factor, float[] panel,
            int panelOffset);

    /**
     * One block of keys in online softmax, for 32 queries side by side: the score of key i for query j is at
     * {@code s[sOffset + 32i + j]}. Adds the mask, raises the running maximum of each query, replaces each score by
     * {@code exp(s - maximum)}, brings the running sum up to date by a sum over ascending keys, and leaves the factor for
     * what was accumulated before. A query with nothing but -infinity gets zeros. Start with maxima of -infinity, sums of 0.
     *
     * @param mask or null; one number a key from {@code maskOffset} on, or laid out as s if {@code maskOfQueries}
     * @param state 32 maxima, 32 sums, 32 factors from {@code stateOffset} on
     */
    void softmaxColumns(int keys, float[] s, int sOffset, float[] mask, int maskOffset, boolean maskOfQueries,
            float[] state, int stateOffset);

    /**
     * {@code c = activation(c * scale + bias) + residual} for a block of c, each step rounded on its own; a residual that has a
     * scale is added by a fused multiply-add.
     *
     * @param first column of the epilogue's scales and bias that belongs to the block's first
     * @param rowScales a number for each row that the column's scale is multiplied by, or null; not without column scales
     * @param residual or null
     */
    void epilogue(int rows, int cols, float[] c, int cOffset, int cStride, Epilogue epilogue, int first,
            float[] rowScales, int rowScalesOffset, float[] residual, int residualOffset, int residualStride);

    /**
     * Rows times packed panels of bytes: {@code c[r,j] = sum over k of a[r,k] panels[k,j]}.
     *
     * @param cols columns of c; the panels that hold them lie {@code panelStride} apart
     * @param panels element (k, j) at {@code panelsOffset + j/32*panelStride + k*32 + j%32}
     */
    void gemmInt8(int rows, int cols, int k, float[] a, int aOffset, int aStride, byte[] panels, int panelsOffset,
            int panelStride, float[] c, int cOffset, int cStride);

    /**
     * As {@link #gemmInt8} for 8 rows and one panel of 32 columns, whose bytes are left as floats in {@code widened}, laid out as
     * {@link #gemmPanel} takes them.
     */
    void gemmInt8Widening(int k, float[] a, int aOffset, int aStride, byte[] panel, int panelOffset, float[] c,
            int cOffset, int cStride, float[] widened, int widenedOffset);

    /**
     * One row times whole panels: {@code c[j] = sum over i < k of a[i] w[i,j]}, from column 32 first on, which is stored at
     * {@code cOffset}.
     *
     * @param w without zeros, in one group or in groups of a power of 2
     */
    void gemvGroups(PackedGroups w, int first, int last, float[] a, int aOffset, float[] c, int cOffset);

    /** Rows {@code first} to {@code first + rows - 1} of a panel as floats: {@code y[i*32 + j] = w[first + i, j]}. */
    void groupsToFloat(PackedGroups w, int panel, int first, int rows, float[] y, int yOffset);

    /** Signed bytes as floats. */
    void int8ToFloat(byte[] x, int xOffset, float[] y, int yOffset, int n);

    /**
     * Sums of integers that floats hold, rounded once: {@code y[r,j] = float(sum over b of x[b*blockStride + r*32 + j])}.
     *
     * @param cols at most 32
     */
    void addIntegers(int rows, int cols, int blocks, float[] x, int xOffset, int blockStride, float[] y, int yOffset,
            int yStride);

    /** Smallest and largest of {@code n} elements to {@code minMax[0]} and {@code [1]}, starting from the values there. */
    void minMax(float[] x, int offset, int n, float[] minMax);

    /** {@code y = saturate(roundHalfEven(x / scale) + zeroPoint)} within {@code [qmin, qmax]}; NaN gives the zero point. */
    void quantizeLinear8(float[] x, int xOffset, float scale, int zeroPoint, int qmin, int qmax, byte[] y, int yOffset,
            int n);

    /** {@code y = clamp(roundHalfEven(x / scale), -zeroPoint, 255 - zeroPoint)}, as floats; NaN gives 0. */
    void quantizeCentred(float[] x, int xOffset, float scale, int zeroPoint, float[] y, int yOffset, int n);

    /** {@code y = (x - zeroPoint) * scale}, x as signed or unsigned bytes. */
    void dequantizeLinear8(byte[] x, boolean signed, int xOffset, float scale, int zeroPoint, float[] y, int yOffset,
            int n);

    /** Floats that hold exact integers to int, added to or stored over y. */
    void addFloatToInt(float[] x, int xOffset, int[] y, int yOffset, int n, boolean accumulate);

    void intToFloat(int[] x, int xOffset, float[] y, int yOffset, int n);
}
