package dev.lanewise.op.nhwc;

import dev.lanewise.op.nn.Window;

/** A window's sizes over images of two spatial axes; where there is one axis, the other has size 1. */
final class Grid {
    int images;
    int height;
    int width;
    int channels;
    int outHeight;
    int outWidth;
    int kernelY;
    int kernelX;
    int strideY;
    int strideX;
    int dilationY;
    int dilationX;
    /** Padding before the image. */
    int top;
    int left;

    /** Shapes are {@code [n, ..., channels]}. */
    void set(Window window, int[] kernel, int[] x, int[] y) {
        int last = kernel.length - 1;
        boolean flat = last == 0;
        images = x[0];
        height = flat ? 1 : x[1];
        width = x[last + 1];
        channels = x[last + 2];
        outHeight = flat ? 1 : y[1];
        outWidth = y[last + 1];
        kernelY = flat ? 1 : kernel[0];
        kernelX = kernel[last];
        strideY = flat ? 1 : window.stride(0);
        strideX = window.stride(last);
        dilationY = flat ? 1 : window.dilation(0);
        dilationX = window.dilation(last);
        int[] spatial = java.util.Arrays.copyOfRange(x, 1, x.length - 1);
        int[] before = window.before(spatial, java.util.Arrays.copyOfRange(y, 1, y.length - 1), kernel);
        top = flat ? 0 : before[0];
        left = before[last];
    }

    /** Whether each position reads the one pixel where it is. */
    boolean isPointwise() {
        return kernelY * kernelX == 1 && strideY * strideX == 1 && top + left == 0 && outHeight == height
                && outWidth == width;
    }

    /** Takes all pixels as lines of one: what a pointwise operation may do. */
    void flatten() {
        height = images * height * width;
        outHeight = height;
        width = 1;
        outWidth = 1;
        images = 1;
    }

    /** Pixels from the first to the last that a window reads. */
    int extentY() {
        return (kernelY - 1) * dilationY + 1;
    }

    int extentX() {
        return (kernelX - 1) * dilationX + 1;
    }

    boolean reachesOutside() {
        return top > 0 || left > 0 || (outHeight - 1) * strideY + extentY() > height
                || (outWidth - 1) * strideX + extentX() > width;
    }

    /** Of one image. */
    int positions() {
        return outHeight * outWidth;
    }
}
