package dev.lanewise.op.nhwc;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.PackedMatrix;

/**
 * How a convolution with channels last is cut: a tile is some lines of output positions of one image by some panels of
 * outputs. Where windows reach beyond the image, or positions lie so far apart that their elements would fall into the same
 * few lines of a cache, a {@link PaddedCopy} of what the tile reads is made first.
 */
final class ConvTiles {
    /** Positions of a tile where the weights fit the L2 cache and are streamed for each few positions anyway. */
    private static final int POSITIONS = 112;
    /** Positions of a tile where they do not. */
    private static final int MANY_POSITIONS = 512;
    /** Weights that count as small, in elements. */
    private static final int SMALL_WEIGHTS = 1 << 19;
    /** Largest copy of a tile's input, in elements, so that it stays in the L2 cache. */
    private static final int LARGEST_COPY = 96 << 10;
    /** Tiles for each worker, so that one that is held up does not hold up all. */
    private static final int TILES_PER_WORKER = 3;

    private final Kernels kernels;
    private final ConvNhwc op;
    private final ConvWeights weights;
    private final int[] kernel;
    private final PaddedCopy copy = new PaddedCopy();
    private final Grid grid = new Grid();
    private boolean copies;
    private int lines;
    private int blocks;
    private int panelGroups = 1;
    private int[] starts = new int[0];
    private int[] segments = new int[0];

    ConvTiles(Kernels kernels, ConvNhwc op, ConvWeights weights, int[] kernel) {
        this.kernels = kernels;
        this.op = op;
        this.weights = weights;
        this.kernel = kernel;
    }

    /** Shapes of input and output, {@code [n, ..., channels]}. */
    void shapes(int[] x, int[] y) {
        grid.set(op.window(), kernel, x, y);
        if (grid.isPointwise()) {
            grid.flatten();
        }
        copies = grid.reachesOutside() || grid.channels * grid.strideX % 1024 == 0 && grid.positions() > 1;
        copy.set(grid);
        cutLines();
        locate();
    }

    private void cutLines() {
        PackedMatrix w = weights.groups().getFirst();
        int wanted = (long) w.k() * w.n() <= SMALL_WEIGHTS ? POSITIONS : MANY_POSITIONS;
        int most = Math.max(1, (wanted + grid.outWidth - 1) / Math.max(1, grid.outWidth));
        while (copies && most > 1 && copy.size(most) > LARGEST_COPY) {
            most--;
        }
        blocks = Math.max(1, (grid.outHeight + most - 1) / most);
        lines = (grid.outHeight + blocks - 1) / blocks;
    }

    /** Where windows begin, relative to the first of a tile, and where their runs lie from there. */
    private void locate() {
        int pixel = copies ? copy.pixel : grid.channels;
        int line = copies ? copy.line : grid.width * grid.channels;
        int stepY = (copies ? copy.stepY : grid.strideY) * line;
        int stepX = (copies ? copy.stepX : grid.strideX) * pixel;
        if (starts.length < lines * grid.outWidth) {
            starts = new int[lines * grid.outWidth];
        }
        for (int p = 0; p < lines * grid.outWidth; p++) {
            starts[p] = p / grid.outWidth * stepY + p % grid.outWidth * stepX;
        }
        boolean joined = grid.dilationX == 1 && op.group() == 1 && pixel == grid.channels;
        int across = joined ? 1 : grid.kernelX;
        if (segments.length != grid.kernelY * across) {
            segments = new int[grid.kernelY * across];
        }
        for (int s = 0; s < segments.length; s++) {
            segments[s] = s / across * grid.dilationY * line + s % across * grid.dilationX * pixel;
        }
    }

    /** Cuts the work for so many workers; answers with the number of tiles. */
    int cut(int workers) {
        int cuts = Math.max(1, grid.images * blocks);
        int wanted = workers == 1 ? 1 : workers * TILES_PER_WORKER;
        panelGroups = Math.clamp((wanted + cuts - 1) / cuts, 1, Math.max(1, panels()));
        return grid.positions() == 0 ? 0 : grid.images * blocks * panelGroups;
    }

    private int panels() {
        return weights.groups().size() * weights.groups().getFirst().panels();
    }

    /** Floats of working memory. */
    int scratch() {
        return copies && grid.positions() > 0 ? copy.size(lines) + PackedMatrix.FIRST : 0;
    }

    /** @param residual as y with rows of all outputs, or null */
    void run(int index, float[] x, int xOffset, float[] residual, int residualOffset, float[] y, int yOffset,
            int yStride, float[] scratch) {
        int block = index / panelGroups % blocks;
        int image = index / panelGroups / blocks;
        int top = block * lines;
        int rows = Math.min(lines, grid.outHeight - top) * grid.outWidth;
        int from = xOffset + image * grid.height * grid.width * grid.channels;
        float[] a = x;
        int at = from + top * grid.strideY * grid.width * grid.channels;
        if (copies) {
            a = scratch;
            at = PackedMatrix.FIRST;
            copy.run(x, from, top, rows / grid.outWidth, scratch, at);
        }
        int position = (image * grid.outHeight + top) * grid.outWidth;
        int outputs = weights.groups().size() * weights.groups().getFirst().n();
        float floor = op.relu() ? 0f : Float.NEGATIVE_INFINITY;
        int group = index % panelGroups;
        int each = weights.groups().getFirst().panels();
        int first = (int) ((long) panels() * group / panelGroups);
        int last = (int) ((long) panels() * (group + 1) / panelGroups);
        for (int g = first / each; g * each < last; g++) {
            PackedMatrix w = weights.groups().get(g);
            kernels.convolve(w, weights.biases().get(g), Math.max(0, first - g * each), Math.min(each, last - g * each),
                    rows, a, at + g * (grid.channels / op.group()), starts, 0, segments, y,
                    yOffset + position * yStride + g * w.n(), yStride, residual,
                    residualOffset + position * outputs + g * w.n(), outputs, floor);
        }
    }
}
