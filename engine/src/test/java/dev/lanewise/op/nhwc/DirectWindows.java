package dev.lanewise.op.nhwc;

/**
 * Convolution and pooling with channels last as their formulas say, element by element, with two spatial axes and nothing in
 * common with what they are held against. Padding is zeros for a convolution and nothing for pooling.
 *
 * @param top,left,bottom,right padding
 */
record DirectWindows(int height, int width, int strideY, int strideX, int dilationY, int dilationX, int top, int left,
        int bottom, int right, boolean roundUp) {
    int outHeight(int size) {
        return positions(size, top, bottom, (height - 1) * dilationY + 1, strideY);
    }

    int outWidth(int size) {
        return positions(size, left, right, (width - 1) * dilationX + 1, strideX);
    }

    private int positions(int size, int before, int after, int extent, int stride) {
        int steps = size + before + after - extent;
        int count = (roundUp ? Math.ceilDiv(steps, stride) : steps / stride) + 1;
        return roundUp && (count - 1) * stride >= size + before ? count - 1 : count;
    }

    /** One chain of fused multiply-adds over lines, pixels and channels; then bias, residual and the rectifier. */
    float[] convolve(float[] x, int images, int h, int w, int channels, float[] weights, int outputs, int group,
            float[] bias, float[] residual, boolean relu) {
        int oh = outHeight(h);
        int ow = outWidth(w);
        int each = channels / group;
        float[] y = new float[images * oh * ow * outputs];
        for (int i = 0; i < y.length; i++) {
            int o = i % outputs;
            int px = i / outputs % ow;
            int py = i / outputs / ow % oh;
            int image = i / outputs / ow / oh;
            float sum = 0;
            for (int ky = 0; ky < height; ky++) {
                for (int kx = 0; kx < width; kx++) {
                    int iy = py * strideY - top + ky * dilationY;
                    int ix = px * strideX - left + kx * dilationX;
                    boolean inside = iy >= 0 && iy < h && ix >= 0 && ix < w;
                    for (int c = 0; c < each; c++) {
                        int channel = o / (outputs / group) * each + c;
                        float v = inside ? x[((image * h + iy) * w + ix) * channels + channel] : 0;
                        sum = Math.fma(v, weights[((o * each + c) * height + ky) * width + kx], sum);
                    }
                }
            }
            sum = bias == null ? sum : sum + bias[o];
            sum = residual == null ? sum : sum + residual[i];
            y[i] = relu && sum <= 0 ? 0 : sum;
        }
        return y;
    }

    float[] max(float[] x, int images, int h, int w, int channels) {
        return pool(x, images, h, w, channels, true, false);
    }

    /** @param countPadding whether the divisor counts padding, though never what lies beyond it */
    float[] mean(float[] x, int images, int h, int w, int channels, boolean countPadding) {
        return pool(x, images, h, w, channels, false, countPadding);
    }

    private float[] pool(float[] x, int images, int h, int w, int channels, boolean max, boolean countPadding) {
        int oh = outHeight(h);
        int ow = outWidth(w);
        float[] y = new float[images * oh * ow * channels];
        for (int i = 0; i < y.length; i++) {
            int c = i % channels;
            int px = i / channels % ow;
            int py = i / channels / ow % oh;
            int image = i / channels / ow / oh;
            float result = max ? Float.NEGATIVE_INFINITY : 0;
            int count = 0;
            for (int ky = 0; ky < height; ky++) {
                for (int kx = 0; kx < width; kx++) {
                    int iy = py * strideY - top + ky * dilationY;
                    int ix = px * strideX - left + kx * dilationX;
                    boolean inside = iy >= 0 && iy < h && ix >= 0 && ix < w;
                    boolean padded = iy < h + bottom && ix < w + right;
                    count += inside || countPadding && padded ? 1 : 0;
                    if (inside) {
                        float v = x[((image * h + iy) * w + ix) * channels + c];
                        result = max ? Math.max(result, v) : result + v;
                    }
                }
            }
            y[i] = max ? result : result / count;
        }
        return y;
    }
}
