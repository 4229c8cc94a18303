package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import jdk.incubator.vector.FloatVector;

/** What the machine can do at most: independent chains of fused multiply-adds that never leave the registers. */
public final class FmaPeak {
    private static final int STEPS = 1000;

    private FmaPeak() {
    }

    /** Billions of floating point operations a second, one thread, best of {@code tries}. */
    public static double measure(int tries) {
        float[] x = new float[16 * L];
        double best = 0;
        for (int t = 0; t < tries; t++) {
            long start = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                chains(STEPS, x);
            }
            best = Math.max(best, 2.0 * 12 * L * STEPS * 20 / (System.nanoTime() - start));
        }
        return best;
    }

    private static void chains(int steps, float[] x) {
        FloatVector v = FloatVector.fromArray(S, x, 12 * L);
        FloatVector c0 = FloatVector.fromArray(S, x, 0 * L);
        FloatVector c1 = FloatVector.fromArray(S, x, 1 * L);
        FloatVector c2 = FloatVector.fromArray(S, x, 2 * L);
        FloatVector c3 = FloatVector.fromArray(S, x, 3 * L);
        FloatVector c4 = FloatVector.fromArray(S, x, 4 * L);
        FloatVector c5 = FloatVector.fromArray(S, x, 5 * L);
        FloatVector c6 = FloatVector.fromArray(S, x, 6 * L);
        FloatVector c7 = FloatVector.fromArray(S, x, 7 * L);
        FloatVector c8 = FloatVector.fromArray(S, x, 8 * L);
        FloatVector c9 = FloatVector.fromArray(S, x, 9 * L);
        FloatVector c10 = FloatVector.fromArray(S, x, 10 * L);
        FloatVector c11 = FloatVector.fromArray(S, x, 11 * L);
        for (int i = 0; i < steps; i++) {
            c0 = v.fma(v, c0);
            c1 = v.fma(v, c1);
            c2 = v.fma(v, c2);
            c3 = v.fma(v, c3);
            c4 = v.fma(v, c4);
            c5 = v.fma(v, c5);
            c6 = v.fma(v, c6);
            c7 = v.fma(v, c7);
            c8 = v.fma(v, c8);
            c9 = v.fma(v, c9);
            c10 = v.fma(v, c10);
            c11 = v.fma(v, c11);
        }
        c0.intoArray(x, 0 * L);
        c1.intoArray(x, 1 * L);
        c2.intoArray(x, 2 * L);
        c3.intoArray(x, 3 * L);
        c4.intoArray(x, 4 * L);
        c5.intoArray(x, 5 * L);
        c6.intoArray(x, 6 * L);
        c7.intoArray(x, 7 * L);
        c8.intoArray(x, 8 * L);
        c9.intoArray(x, 9 * L);
        c10.intoArray(x, 10 * L);
        c11.intoArray(x, 11 * L);
    }
}
