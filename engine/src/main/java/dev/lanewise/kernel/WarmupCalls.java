package dev.lanewise.kernel;

import java.util.Arrays;

/** What a kernel is warmed with: buffers of a few vectors, every branch and every height of a tile. */
final class WarmupCalls {
    /** Lengths with and without a rest beyond whole vectors. */
    private static final int[] LENGTHS = {71, 64, 35, 3};
    /** Steps of matrix products: pairs, with and without one left over, few and many. */
    private static final int[] DEPTHS = {4, 67, 5, 66};
    /** Elements of each of two segments of a convolution's window. */
    private static final int[] SEGMENTS = {4, 31, 5, 32};
    private static final int[] KEYS = {2, 3};
    /** Rows that use one height of tile each, then several. */
    private static final int[] ROWS = {8, 6, 4, 2, 1, 8, 6, 4, 2, 1, 8, 6, 4, 2, 1, 7, 11, 13};
    /** Columns of an incomplete panel: more than a vector, fours with and without a rest, a rest alone. */
    private static final int[] EDGES = {25, 11, 7, 3};
    /** Channels that use one shape of tile each, or two: vectors in pairs, one, half a one, and a rest. */
    private static final int[] CHANNELS = {71, 64, 40, 24, 8, 35, 3};
    /** Channels that use all shapes of tile. */
    private static final int ALL_TILES = 63;
    /** Outputs of a convolution: a whole panel and one that is none, with all shapes, with half a vector, with a rest alone. */
    private static final int[] OUTPUTS = {ALL_TILES, 40, 35};
    /** Positions of a convolution that use several heights of tile each. */
    private static final int[] ROW_BLOCKS = {19, 13, 9, 7};
    private static final int POSITIONS = 19;
    private static final int PANEL = PackedMatrix.PANEL;
    private static final int STRIDE = 80;

    private final Kernels kernels;
    private final float[] a = new float[32 * STRIDE];
    private final float[] b = new float[64 * STRIDE];
    private final float[] c = new float[32 * STRIDE];
    private final byte[] bytes = new byte[STRIDE];
    private final byte[] panels = new byte[PackedInt8Matrix.FIRST + STRIDE * PANEL];
    private final float[] widened = new float[STRIDE * PANEL];
    private final int[] ints = new int[STRIDE];
    private final float[] state = new float[3 * PANEL];
    private final float[] edge = new float[Kernels.EDGE];
    private final int[] starts = new int[POSITIONS];
    private final int[] segments = {0, STRIDE};
    private final int[] taps = {0, 1, 2, STRIDE, STRIDE + 1, STRIDE + 2};
    private final int[] list = {12, 0, 3, 1, 2, 9, 8, 7, 6, 5, 4, 10, 11, 13};
    private int seed;

    /** A call or a few of a kernel, on vectors of a length or to a depth; 0 leaves nothing to do. */
    interface Call {
        void of(int size);
    }

    WarmupCalls(Kernels kernels) {
        this.kernels = kernels;
        for (int i = 0; i < a.length; i++) {
            a[i] = (i % 17 - 8) * 0.25f;
        }
    }

    WarmupTask task(int kernel) {
        return switch (kernel) {
            case Warmup.GEMV_GROUPS -> new WarmupTask(kernel, call(kernel), DEPTHS, 2);
            case Warmup.GEMM_LISTED -> new WarmupTask(kernel, call(kernel), DEPTHS, 4);
            case Warmup.GEMM, Warmup.GEMM_INT8, Warmup.GEMM_TRANSPOSED ->
                    new WarmupTask(kernel, call(kernel), DEPTHS, 5);
            case Warmup.GEMM_INT8_WIDENING, Warmup.GROUPS_TO_FLOAT -> new WarmupTask(kernel, call(kernel), DEPTHS, 1);
            case Warmup.CONVOLVE -> new WarmupTask(kernel, call(kernel), SEGMENTS, 2);
            case Warmup.CONVOLVE_CHANNELS -> new WarmupTask(kernel, call(kernel), CHANNELS, 1);
            case Warmup.SOFTMAX_COLUMNS, Warmup.TRANSPOSE_PANEL -> new WarmupTask(kernel, call(kernel), KEYS, 1);
            default -> new WarmupTask(kernel, call(kernel), LENGTHS, 1);
        };
    }

    private Call call(int kernel) {
        return switch (kernel) {
            case Warmup.GEMM -> this::gemm;
            case Warmup.GEMM_LISTED -> this::gemmListed;
            case Warmup.GEMM_TRANSPOSED -> this::gemmTransposed;
            case Warmup.TRANSPOSE_PANEL -> keys -> kernels.transposePanel(7, keys, a, 0, STRIDE, 0.5f, c, 0);
            case Warmup.SOFTMAX_COLUMNS -> this::softmaxColumns;
            case Warmup.SOFTMAX_ROWS -> n -> kernels.softmaxRows(2, n, a, 0, STRIDE, c, 0, STRIDE);
            case Warmup.LAYER_NORM -> n -> kernels.layerNormRows(2, n, a, 0, STRIDE, a, odd() ? null : b, 1e-5f, c, 0,
                    STRIDE);
            case Warmup.RMS_NORM -> n -> kernels.rmsNormRows(2, n, a, 0, STRIDE, a, 1e-5f, c, 0, STRIDE);
            case Warmup.EPILOGUE -> this::epilogue;
            case Warmup.GEMM_INT8 -> this::gemmInt8;
            case Warmup.GEMM_INT8_WIDENING ->
                    depth -> kernels.gemmInt8Widening(depth, a, 0, STRIDE, panels, 0, c, 0, STRIDE, widened, 0);
            case Warmup.GEMV_GROUPS -> depth -> kernels.gemvGroups(groups(depth, false), 0, odd() ? 1 : 2, a, 0, c, 0);
            case Warmup.GROUPS_TO_FLOAT -> this::groupsToFloat;
            case Warmup.INT8_TO_FLOAT -> n -> kernels.int8ToFloat(panels, 0, c, 0, n);
            case Warmup.ADD_INTEGERS -> n -> kernels.addIntegers(1, Math.min(n, PANEL), 2, b, 0, PANEL, c, 0, STRIDE);
            case Warmup.QUANTIZE_CENTRED -> n -> kernels.quantizeCentred(a, 0, 0.1f, 3, c, 0, n);
            case Warmup.MIN_MAX -> n -> kernels.minMax(a, 0, n, state);
            case Warmup.QUANTIZE -> n -> kernels.quantizeLinear8(a, 0, 0.1f, 3, 0, 255, bytes, 0, n);
            case Warmup.DEQUANTIZE -> n -> kernels.dequantizeLinear8(bytes, odd(), 0, 0.1f, 3, c, 0, n);
            case Warmup.ADD_TO_INT -> n -> kernels.addFloatToInt(b, 0, ints, 0, n, odd());
            case Warmup.INT_TO_FLOAT -> n -> kernels.intToFloat(ints, 0, c, 0, n);
            case Warmup.CONVOLVE -> this::convolve;
            case Warmup.CONVOLVE_CHANNELS -> this::convolveChannels;
            case Warmup.MAX_POOL ->
                    n -> kernels.maxPool(4, STRIDE, n, a, 0, 3, STRIDE, 3, STRIDE, c, 0, STRIDE);
            case Warmup.MEAN_POOL ->
                    n -> kernels.meanPool(4, STRIDE, n, a, 0, 3, STRIDE, 3, STRIDE, 9f, c, 0, STRIDE);
            default -> function(kernel);
        };
    }

    private Call function(int kernel) {
        if (kernel >= Warmup.REDUCE) {
            ReduceFunction f = ReduceFunction.values()[kernel - Warmup.REDUCE];
            return n -> kernels.reduce(f, a, 0, n);
        }
        if (kernel >= Warmup.BINARY) {
            BinaryFunction f = BinaryFunction.values()[kernel - Warmup.BINARY];
            return n -> {
                int steps = branch(3);
                kernels.binary(f, a, 0, steps == 2 ? 0 : 1, a, 1, steps == 1 ? 0 : 1, c, 0, n);
            };
        }
        UnaryFunction f = UnaryFunction.values()[kernel - Warmup.UNARY];
        return n -> kernels.unary(f, a, 1, c, 0, n);
    }

    /** One of {@code count} branches, in no order that could go along with that of the sizes. */
    private int branch(int count) {
        seed = seed * 1_103_515_245 + 12_345;
        return (seed >>> 16) % count;
    }

    private boolean odd() {
        return branch(2) == 1;
    }

    private int rows() {
        return ROWS[branch(ROWS.length)];
    }

    /** Mostly all columns of a panel, or half of them. */
    private void gemm(int depth) {
        int cols = branch(8) == 0 ? EDGES[branch(EDGES.length)] : branch(4) == 0 ? PANEL / 2 : PANEL;
        kernels.gemmPanel(rows(), cols, depth, a, 0, STRIDE, b, 0, c, 0, STRIDE, odd());
    }

    /** Whole panels and halves of one, all rows and a part of them. */
    private void gemmListed(int depth) {
        int rows = rows();
        int cols = branch(16) == 0 ? 7 : odd() ? PANEL : PANEL / 2;
        kernels.gemmListed(list, branch(list.length - rows + 1), rows, cols, depth, a, 0, STRIDE, b, 0,
                odd() ? b : null,
                0, c, 0, STRIDE, odd());
    }

    private void gemmInt8(int depth) {
        kernels.gemmInt8(rows(), odd() ? PANEL : 4 * PANEL, depth, a, 0, STRIDE, panels, 0, 0, c, 0, STRIDE);
    }

    /** A panel of 4 or 8 bits in groups of 32 rows. */
    private PackedGroups groups(int depth, boolean zeros) {
        return new PackedGroups(depth, PANEL, 0, odd() ? 4 : 8, PANEL, panels, a, zeros ? b : null);
    }

    private void groupsToFloat(int depth) {
        int first = depth > 0 && odd() ? 1 : 0;
        kernels.groupsToFloat(groups(depth, odd()), 0, first, depth - first, widened, 0);
    }

    /**
     * Full and partial panels, with a residual of one row or one for each position. The loops always go round: what is compiled for loops that
     * mostly end at once is slower.
     */
    private void convolve(int segment) {
        int length = segment == 0 ? 8 + branch(2) : segment;
        int outputs = OUTPUTS[branch(OUTPUTS.length)];
        PackedMatrix w = new PackedMatrix(segments.length * length, outputs, segments.length * length, b);
        int rows = ROW_BLOCKS[branch(ROW_BLOCKS.length)];
        kernels.convolve(w, a, 0, w.panels(), rows, a, 0, starts, 0, segments, c, 0, STRIDE, a, 0,
                odd() ? 0 : STRIDE, 0f, edge);
    }

    /** Tiles of positions and a rest, with and without a residual for each; as with {@link #convolve} loops always go round. */
    private void convolveChannels(int size) {
        int channels = size == 0 ? ALL_TILES : size;
        kernels.convolveChannels(channels, b, 0, STRIDE, a, 0, 4 + branch(4), a, 0, starts, 0, taps, c, 0, STRIDE, b, 0,
                odd() ? 0 : STRIDE, 0f);
    }

    /** Every combination of what an epilogue may hold but the activation, which has a kernel of its own. */
    private void epilogue(int n) {
        float[] scale = odd() ? a : null;
        Epilogue epilogue = new Epilogue(scale, odd() ? b : null, null, odd() ? b : null);
        kernels.epilogue(2, n, c, 0, STRIDE, epilogue, 0, scale != null && odd() ? b : null, 0, odd() ? a : null, 0,
                STRIDE);
    }

    private void gemmTransposed(int depth) {
        int k = Math.min(depth, 32);
        kernels.gemmTransposed(rows(), k, a, 0, STRIDE, b, 0, PANEL, c, 0, STRIDE, odd());
    }

    private void softmaxColumns(int keys) {
        Arrays.fill(state, 0, PANEL, Float.NEGATIVE_INFINITY);
        int masks = branch(3);
        kernels.softmaxColumns(keys, c, 0, masks == 0 ? null : a, 0, masks == 1, state, 0);
    }
}
