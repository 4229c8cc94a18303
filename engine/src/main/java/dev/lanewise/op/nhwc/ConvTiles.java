package dev.lanewise.op.nhwc;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.kernel.UnaryFunction;
import java.util.Arrays;

/**
 * How a convolution with channels last is cut: a tile is some lines of output positions of one image by some panels of
 * outputs. What windows read there is read where it lies, or copied first: unfolded where a line of a window is so short that
 * the kernel would do little else than begin and end it, padded where windows reach beyond the image.
 */
final class ConvTiles {
    private enum Source {
        IMAGE, PADDED, UNFOLDED
    }

    /** Positions of a tile where the weights fit the L2 cache and are streamed for each few positions anyway. */
    private static final int POSITIONS = 112;
    /** Positions of a tile where they do not, or where tiles that lie over each other copy the same lines. */
    private static final int MANY_POSITIONS = 896;
    /** Weights that count as small, in elements. */
    private static final int SMALL_WEIGHTS = 1 << 19;
    /** Lines of a window up to this many elements are unfolded. */
    private static final int SHORT_LINE = 32;
    /** Largest copy of a tile's input, in elements, so that it stays in the L2 cache. */
    private static final int LARGEST_COPY = 96 << 10;
    /** Tiles for each worker, so that one that is held up does not hold up all. */
    private static final int TILES_PER_WORKER = 3;
    /** Where the copy begins in working memory: behind what the kernel needs, on a cache line. */
    private static final int FIRST = Kernels.EDGE + PackedMatrix.FIRST;

    private final Kernels kernels;
    private final ConvNhwc op;
    private final ConvWeights weights;
    private final int[] kernel;
    /** The residual of a convolution without one: -0, which changes nothing. */
    private final float[] nothing;
    private final PaddedCopy padded = new PaddedCopy();
    private final UnfoldedCopy unfolded = new UnfoldedCopy();
    private final Grid grid = new Grid();
    private Source source;
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
        this.nothing = new float[op.residual() ? 0 : weights.outputs()];
        Arrays.fill(nothing, -0f);
    }

    /** Shapes of input and output, {@code [n, ..., channels]}. */
    void shapes(int[] x, int[] y) {
        grid.set(op.window(), kernel, x, y);
        if (grid.isPointwise()) {
            grid.flatten();
        }
        padded.set(grid);
        unfolded.set(grid);
        boolean isShort = op.group() == 1 && grid.kernelY > 1 && unfolded.run <= SHORT_LINE;
        source = isShort ? Source.UNFOLDED : grid.reachesOutside() ? Source.PADDED : Source.IMAGE;
        cutLines();
        locate();
    }

    private void cutLines() {
        boolean few = weights.size() <= SMALL_WEIGHTS && source != Source.UNFOLDED;
        int wanted = few ? POSITIONS : MANY_POSITIONS;
        int most = Math.max(1, (wanted + grid.outWidth - 1) / Math.max(1, grid.outWidth));
        while (most > 1 && copied(most) > LARGEST_COPY) {
            most--;
        }
        blocks = Math.max(1, (grid.outHeight + most - 1) / most);
        lines = (grid.outHeight + blocks - 1) / blocks;
    }

    /** Elements that are copied for so many lines. */
    private int copied(int outLines) {
        return switch (source) {
            case IMAGE -> 0;
            case PADDED -> padded.size(outLines);
            case UNFOLDED -> unfolded.size(outLines);
        };
    }

    /** Where windows begin, relative to the first of a tile, and where their runs lie from there. */
    private void locate() {
        int c = grid.channels;
        switch (source) {
            case IMAGE -> {
                starts(grid.strideY * grid.width * c, grid.strideX * c);
                segments(grid.width * c);
            }
            case PADDED -> {
                starts(padded.stepY * padded.line, padded.stepX * c);
                segments(padded.line);
            }
            case UNFOLDED -> {
                starts(grid.strideY * unfolded.run, unfolded.column(lines));
                int pieces = grid.dilationY == 1 ? 1 : grid.kernelY;
                segments = segments.length == pieces ? segments : new int[pieces];
                Arrays.setAll(segments, s -> s * grid.dilationY * unfolded.run);
            }
        }
    }

    private void starts(int lineStep, int pixelStep) {
        int positions = lines * grid.outWidth;
        if (starts.length < positions) {
            starts = new int[positions];
        }
        for (int p = 0; p < positions; p++) {
            starts[p] = p / grid.outWidth * lineStep + p % grid.outWidth * pixelStep;
        }
    }

    /** One segment for each line of a window where its pixels follow each other, else one for each pixel. */
    private void segments(int line) {
        int across = grid.dilationX == 1 && op.group() == 1 ? 1 : grid.kernelX;
        int count = grid.kernelY * across;
        segments = segments.length == count ? segments : new int[count];
        Arrays.setAll(segments,
                s -> s / across * grid.dilationY * line + s % across * grid.dilationX * grid.channels);
    }

    /** Cuts the work for so many workers; answers with the number of tiles. */
    int cut(int workers) {
        int cuts = Math.max(1, grid.images * blocks);
        int wanted = workers == 1 ? 1 : workers * TILES_PER_WORKER;
        panelGroups = Math.clamp((wanted + cuts - 1) / cuts, 1, Math.max(1, panels()));
        return grid.positions() == 0 ? 0 : grid.images * blocks * panelGroups;
    }

    private int panels() {
        return groups() * weights.panels();
    }

    private int groups() {
        return weights.channelwise() == null ? op.group() : 1;
    }

    /** Floats of working memory. */
    int scratch() {
        return grid.positions() == 0 ? FIRST : FIRST + copied(lines);
    }

    /** @param residual as y with rows of all outputs, or null */
    void run(int index, float[] x, int xOffset, float[] residual, int residualOffset, float[] y, int yOffset,
            int yStride, float[] scratch) {
        int block = index / panelGroups % blocks;
        int image = index / panelGroups / blocks;
        int top = block * lines;
        int outLines = Math.min(lines, grid.outHeight - top);
        int from = xOffset + image * grid.height * grid.width * grid.channels;
        int at = FIRST;
        switch (source) {
            case IMAGE -> at = from + top * grid.strideY * grid.width * grid.channels;
            case PADDED -> padded.copy(x, from, top, outLines, scratch, at);
            case UNFOLDED -> unfolded.copy(x, from, top, outLines, lines, scratch, at);
        }
        float[] a = source == Source.IMAGE ? x : scratch;
        int position = (image * grid.outHeight + top) * grid.outWidth;
        int part = index % panelGroups;
        int first = (int) ((long) panels() * part / panelGroups);
        int last = (int) ((long) panels() * (part + 1) / panelGroups);
        if (weights.channelwise() != null) {
            channels(first, last, outLines * grid.outWidth, a, at, y, yOffset + position * yStride, yStride, residual,
                    residualOffset + position * weights.outputs());
        } else {
            matrices(first, last, outLines * grid.outWidth, a, at, y, yOffset + position * yStride, yStride, residual,
                    residualOffset + position * groups() * weights.outputs(), scratch);
        }
        if (op.activation() != null && op.activation() != UnaryFunction.RELU) {
            activate(first, last, outLines * grid.outWidth, y, yOffset + position * yStride, yStride);
        }
    }

    private void matrices(int first, int last, int rows, float[] x, int xOffset, float[] y, int yOffset, int yStride,
            float[] residual, int residualOffset, float[] scratch) {
        int outputs = groups() * weights.outputs();
        int each = weights.panels();
        for (int g = first / each; g * each < last; g++) {
            PackedMatrix w = weights.groups().get(g);
            kernels.convolve(w, weights.biases().get(g), Math.max(0, first - g * each), Math.min(each, last - g * each),
                    rows, x, xOffset + g * (grid.channels / op.group()), starts, 0, segments, y,
                    yOffset + g * w.n(), yStride, residual == null ? nothing : residual,
                    residual == null ? 0 : residualOffset + g * w.n(), residual == null ? 0 : outputs, floor(),
                    scratch);
        }
    }

    private float floor() {
        return op.activation() == UnaryFunction.RELU ? 0f : Float.NEGATIVE_INFINITY;
    }

    /** Activations that are no floor, over what was just written and is in the cache: outputs of some panels for some positions. */
    private void activate(int firstPanel, int lastPanel, int rows, float[] y, int yOffset, int yStride) {
        int first = column(firstPanel);
        int columns = column(lastPanel) - first;
        if (columns == yStride) {
            kernels.unary(op.activation(), y, yOffset, y, yOffset, rows * columns);
            return;
        }
        for (int row = 0; row < rows; row++) {
            int at = yOffset + row * yStride + first;
            kernels.unary(op.activation(), y, at, y, at, columns);
        }
    }

    /** Where a panel begins among the outputs of all groups. */
    private int column(int panel) {
        int each = weights.panels();
        return panel / each * weights.outputs() + Math.min(panel % each * PackedMatrix.PANEL, weights.outputs());
    }

    private void channels(int firstPanel, int lastPanel, int rows, float[] x, int xOffset, float[] y, int yOffset,
            int yStride, float[] residual, int residualOffset) {
        int channels = weights.outputs();
        int c = firstPanel * PackedMatrix.PANEL;
        kernels.convolveChannels(Math.min(channels, lastPanel * PackedMatrix.PANEL) - c, weights.channelwise(), c,
                channels, weights.biases().getFirst(), c, rows, x, xOffset + c, starts, 0, segments, y, yOffset + c,
                yStride, residual == null ? nothing : residual, residual == null ? c : residualOffset + c,
                residual == null ? 0 : channels, floor());
    }
}
