package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import jdk.incubator.vector.FloatVector;

/** Pooling over rows of channels, lanes are channels. Each method does whole vectors and answers with how many channels that were. */
final class VectorWindows {
    private VectorWindows() {
    }

    static int max(int positions, int step, int channels, float[] x, int xOffset, int lines, int line, int pixels,
            int pixel, float[] y, int yOffset, int yStep) {
        int done = channels / L * L;
        for (int p = 0; p < positions; p++) {
            int from = xOffset + p * step;
            int to = yOffset + p * yStep;
            int c = 0;
            for (; c <= done - 4 * L; c += 4 * L) {
                max4(x, from + c, lines, line, pixels, pixel, y, to + c);
            }
            for (; c < done; c += L) {
                max1(x, from + c, lines, line, pixels, pixel, y, to + c);
            }
        }
        return done;
    }

    private static void max4(float[] x, int xOffset, int lines, int line, int pixels, int pixel, float[] y,
            int yOffset) {
        FloatVector m0 = FloatVector.fromArray(S, x, xOffset);
        FloatVector m1 = FloatVector.fromArray(S, x, xOffset + L);
        FloatVector m2 = FloatVector.fromArray(S, x, xOffset + 2 * L);
        FloatVector m3 = FloatVector.fromArray(S, x, xOffset + 3 * L);
        for (int i = 0; i < lines; i++) {
            for (int j = 0, at = xOffset + i * line; j < pixels; j++, at += pixel) {
                m0 = m0.max(FloatVector.fromArray(S, x, at));
                m1 = m1.max(FloatVector.fromArray(S, x, at + L));
                m2 = m2.max(FloatVector.fromArray(S, x, at + 2 * L));
                m3 = m3.max(FloatVector.fromArray(S, x, at + 3 * L));
            }
        }
        m0.intoArray(y, yOffset);
        m1.intoArray(y, yOffset + L);
        m2.intoArray(y, yOffset + 2 * L);
        m3.intoArray(y, yOffset + 3 * L);
    }

    private static void max1(float[] x, int xOffset, int lines, int line, int pixels, int pixel, float[] y,
            int yOffset) {
        FloatVector m = FloatVector.fromArray(S, x, xOffset);
        for (int i = 0; i < lines; i++) {
            for (int j = 0, at = xOffset + i * line; j < pixels; j++, at += pixel) {
                m = m.max(FloatVector.fromArray(S, x, at));
            }
        }
        m.intoArray(y, yOffset);
    }

    static int mean(int positions, int step, int channels, float[] x, int xOffset, int lines, int line, int pixels,
            int pixel, float count, float[] y, int yOffset, int yStep) {
        int done = channels / L * L;
        for (int p = 0; p < positions; p++) {
            int from = xOffset + p * step;
            int to = yOffset + p * yStep;
            int c = 0;
            for (; c <= done - 4 * L; c += 4 * L) {
                mean4(x, from + c, lines, line, pixels, pixel, count, y, to + c);
            }
            for (; c < done; c += L) {
                mean1(x, from + c, lines, line, pixels, pixel, count, y, to + c);
            }
        }
        return done;
    }

    private static void mean4(float[] x, int xOffset, int lines, int line, int pixels, int pixel, float count,
            float[] y, int yOffset) {
        FloatVector s0 = FloatVector.zero(S);
        FloatVector s1 = FloatVector.zero(S);
        FloatVector s2 = FloatVector.zero(S);
        FloatVector s3 = FloatVector.zero(S);
        for (int i = 0; i < lines; i++) {
            for (int j = 0, at = xOffset + i * line; j < pixels; j++, at += pixel) {
                s0 = s0.add(FloatVector.fromArray(S, x, at));
                s1 = s1.add(FloatVector.fromArray(S, x, at + L));
                s2 = s2.add(FloatVector.fromArray(S, x, at + 2 * L));
                s3 = s3.add(FloatVector.fromArray(S, x, at + 3 * L));
            }
        }
        s0.div(count).intoArray(y, yOffset);
        s1.div(count).intoArray(y, yOffset + L);
        s2.div(count).intoArray(y, yOffset + 2 * L);
        s3.div(count).intoArray(y, yOffset + 3 * L);
    }

    private static void mean1(float[] x, int xOffset, int lines, int line, int pixels, int pixel, float count,
            float[] y, int yOffset) {
        FloatVector s = FloatVector.zero(S);
        for (int i = 0; i < lines; i++) {
            for (int j = 0, at = xOffset + i * line; j < pixels; j++, at += pixel) {
                s = s.add(FloatVector.fromArray(S, x, at));
            }
        }
        s.div(count).intoArray(y, yOffset);
    }
}
