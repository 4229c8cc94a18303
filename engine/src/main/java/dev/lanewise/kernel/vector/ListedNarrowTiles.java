package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.S;

import dev.lanewise.kernel.PackedMatrix;
import jdk.incubator.vector.FloatVector;

/** The tiles of {@link ListedTiles} by one vector, for half of a panel at 512 bits. */
final class ListedNarrowTiles {
    private static final int PANEL = PackedMatrix.PANEL;

    private ListedNarrowTiles() {
    }

    static void narrow8(int[] list, int r, int last, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset,
            float[] s, int sOffset, int sStride, float[] added, int addedOffset,
            float[] c, int cOffset, int cStride) {
        int r0 = list[r];
        int r1 = list[Math.min(r + 1, last)];
        int r2 = list[Math.min(r + 2, last)];
        int r3 = list[Math.min(r + 3, last)];
        int r4 = list[Math.min(r + 4, last)];
        int r5 = list[Math.min(r + 5, last)];
        int r6 = list[Math.min(r + 6, last)];
        int r7 = list[Math.min(r + 7, last)];
        FloatVector c00 = FloatVector.fromArray(S, s, sOffset + r0 * sStride);
        FloatVector c10 = FloatVector.fromArray(S, s, sOffset + r1 * sStride);
        FloatVector c20 = FloatVector.fromArray(S, s, sOffset + r2 * sStride);
        FloatVector c30 = FloatVector.fromArray(S, s, sOffset + r3 * sStride);
        FloatVector c40 = FloatVector.fromArray(S, s, sOffset + r4 * sStride);
        FloatVector c50 = FloatVector.fromArray(S, s, sOffset + r5 * sStride);
        FloatVector c60 = FloatVector.fromArray(S, s, sOffset + r6 * sStride);
        FloatVector c70 = FloatVector.fromArray(S, s, sOffset + r7 * sStride);
        int a0 = aOffset + r0 * aStride;
        int a1 = aOffset + r1 * aStride;
        int a2 = aOffset + r2 * aStride;
        int a3 = aOffset + r3 * aStride;
        int a4 = aOffset + r4 * aStride;
        int a5 = aOffset + r5 * aStride;
        int a6 = aOffset + r6 * aStride;
        int a7 = aOffset + r7 * aStride;
        int i = 0;
        int p = bOffset;
        for (; i < k - 1; i += 2, p += 2 * PANEL) {
            FloatVector b0 = FloatVector.fromArray(S, b, p);
            FloatVector d0 = FloatVector.fromArray(S, b, p + PANEL);
            FloatVector x0 = FloatVector.broadcast(S, a[a0 + i]);
            c00 = x0.fma(b0, c00);
            FloatVector y0 = FloatVector.broadcast(S, a[a0 + i + 1]);
            c00 = y0.fma(d0, c00);
            FloatVector x1 = FloatVector.broadcast(S, a[a1 + i]);
            c10 = x1.fma(b0, c10);
            FloatVector y1 = FloatVector.broadcast(S, a[a1 + i + 1]);
            c10 = y1.fma(d0, c10);
            FloatVector x2 = FloatVector.broadcast(S, a[a2 + i]);
            c20 = x2.fma(b0, c20);
            FloatVector y2 = FloatVector.broadcast(S, a[a2 + i + 1]);
            c20 = y2.fma(d0, c20);
            FloatVector x3 = FloatVector.broadcast(S, a[a3 + i]);
            c30 = x3.fma(b0, c30);
            FloatVector y3 = FloatVector.broadcast(S, a[a3 + i + 1]);
            c30 = y3.fma(d0, c30);
            FloatVector x4 = FloatVector.broadcast(S, a[a4 + i]);
            c40 = x4.fma(b0, c40);
            FloatVector y4 = FloatVector.broadcast(S, a[a4 + i + 1]);
            c40 = y4.fma(d0, c40);
            FloatVector x5 = FloatVector.broadcast(S, a[a5 + i]);
            c50 = x5.fma(b0, c50);
            FloatVector y5 = FloatVector.broadcast(S, a[a5 + i + 1]);
            c50 = y5.fma(d0, c50);
            FloatVector x6 = FloatVector.broadcast(S, a[a6 + i]);
            c60 = x6.fma(b0, c60);
            FloatVector y6 = FloatVector.broadcast(S, a[a6 + i + 1]);
            c60 = y6.fma(d0, c60);
            FloatVector x7 = FloatVector.broadcast(S, a[a7 + i]);
            c70 = x7.fma(b0, c70);
            FloatVector y7 = FloatVector.broadcast(S, a[a7 + i + 1]);
            c70 = y7.fma(d0, c70);
        }
        if (i < k) {
            FloatVector b0 = FloatVector.fromArray(S, b, p);
            FloatVector x0 = FloatVector.broadcast(S, a[a0 + i]);
            c00 = x0.fma(b0, c00);
            FloatVector x1 = FloatVector.broadcast(S, a[a1 + i]);
            c10 = x1.fma(b0, c10);
            FloatVector x2 = FloatVector.broadcast(S, a[a2 + i]);
            c20 = x2.fma(b0, c20);
            FloatVector x3 = FloatVector.broadcast(S, a[a3 + i]);
            c30 = x3.fma(b0, c30);
            FloatVector x4 = FloatVector.broadcast(S, a[a4 + i]);
            c40 = x4.fma(b0, c40);
            FloatVector x5 = FloatVector.broadcast(S, a[a5 + i]);
            c50 = x5.fma(b0, c50);
            FloatVector x6 = FloatVector.broadcast(S, a[a6 + i]);
            c60 = x6.fma(b0, c60);
            FloatVector x7 = FloatVector.broadcast(S, a[a7 + i]);
            c70 = x7.fma(b0, c70);
        }
        FloatVector e0 = FloatVector.fromArray(S, added, addedOffset);
        c00.add(e0).intoArray(c, cOffset + r0 * cStride);
        c10.add(e0).intoArray(c, cOffset + r1 * cStride);
        c20.add(e0).intoArray(c, cOffset + r2 * cStride);
        c30.add(e0).intoArray(c, cOffset + r3 * cStride);
        c40.add(e0).intoArray(c, cOffset + r4 * cStride);
        c50.add(e0).intoArray(c, cOffset + r5 * cStride);
        c60.add(e0).intoArray(c, cOffset + r6 * cStride);
        c70.add(e0).intoArray(c, cOffset + r7 * cStride);
    }

    static void narrow4(int[] list, int r, int last, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset,
            float[] s, int sOffset, int sStride, float[] added, int addedOffset,
            float[] c, int cOffset, int cStride) {
        int r0 = list[r];
        int r1 = list[Math.min(r + 1, last)];
        int r2 = list[Math.min(r + 2, last)];
        int r3 = list[Math.min(r + 3, last)];
        FloatVector c00 = FloatVector.fromArray(S, s, sOffset + r0 * sStride);
        FloatVector c10 = FloatVector.fromArray(S, s, sOffset + r1 * sStride);
        FloatVector c20 = FloatVector.fromArray(S, s, sOffset + r2 * sStride);
        FloatVector c30 = FloatVector.fromArray(S, s, sOffset + r3 * sStride);
        int a0 = aOffset + r0 * aStride;
        int a1 = aOffset + r1 * aStride;
        int a2 = aOffset + r2 * aStride;
        int a3 = aOffset + r3 * aStride;
        int i = 0;
        int p = bOffset;
        for (; i < k - 1; i += 2, p += 2 * PANEL) {
            FloatVector b0 = FloatVector.fromArray(S, b, p);
            FloatVector d0 = FloatVector.fromArray(S, b, p + PANEL);
            FloatVector x0 = FloatVector.broadcast(S, a[a0 + i]);
            c00 = x0.fma(b0, c00);
            FloatVector y0 = FloatVector.broadcast(S, a[a0 + i + 1]);
            c00 = y0.fma(d0, c00);
            FloatVector x1 = FloatVector.broadcast(S, a[a1 + i]);
            c10 = x1.fma(b0, c10);
            FloatVector y1 = FloatVector.broadcast(S, a[a1 + i + 1]);
            c10 = y1.fma(d0, c10);
            FloatVector x2 = FloatVector.broadcast(S, a[a2 + i]);
            c20 = x2.fma(b0, c20);
            FloatVector y2 = FloatVector.broadcast(S, a[a2 + i + 1]);
            c20 = y2.fma(d0, c20);
            FloatVector x3 = FloatVector.broadcast(S, a[a3 + i]);
            c30 = x3.fma(b0, c30);
            FloatVector y3 = FloatVector.broadcast(S, a[a3 + i + 1]);
            c30 = y3.fma(d0, c30);
        }
        if (i < k) {
            FloatVector b0 = FloatVector.fromArray(S, b, p);
            FloatVector x0 = FloatVector.broadcast(S, a[a0 + i]);
            c00 = x0.fma(b0, c00);
            FloatVector x1 = FloatVector.broadcast(S, a[a1 + i]);
            c10 = x1.fma(b0, c10);
            FloatVector x2 = FloatVector.broadcast(S, a[a2 + i]);
            c20 = x2.fma(b0, c20);
            FloatVector x3 = FloatVector.broadcast(S, a[a3 + i]);
            c30 = x3.fma(b0, c30);
        }
        FloatVector e0 = FloatVector.fromArray(S, added, addedOffset);
        c00.add(e0).intoArray(c, cOffset + r0 * cStride);
        c10.add(e0).intoArray(c, cOffset + r1 * cStride);
        c20.add(e0).intoArray(c, cOffset + r2 * cStride);
        c30.add(e0).intoArray(c, cOffset + r3 * cStride);
    }
}
