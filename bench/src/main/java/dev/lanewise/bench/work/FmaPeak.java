package dev.lanewise.bench.work;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * As many fused multiply-adds as the CPU can do, on registers alone: {@value #CHAINS} independent chains, enough to fill the
 * pipes and few enough for 16 registers.
 */
final class FmaPeak {
    /** Width in bits; the widest that the JVM uses unless the property asks for another one. */
    static final int BITS = Integer.getInteger("lanewise.bench.bits", FloatVector.SPECIES_PREFERRED.vectorBitSize());

    private static final VectorSpecies<Float> S =
            VectorSpecies.of(float.class, VectorShape.forBitSize(BITS));
    private static final int CHAINS = 12;
    private static final int STEPS = 2_000;
    /** Calls in a burst of some milliseconds. */
    private static final int CALLS = 400;
    private static final float FACTOR = 0.999f;
    private static final float SUMMAND = 0.001f;

    private FmaPeak() {
    }

    /** Multiplications and additions of {@link #burst}. */
    static double flops() {
        return 2.0 * CALLS * STEPS * CHAINS * S.length();
    }

    /** {@code out} has room for a vector; what is in it keeps the work from being optimised away. */
    static void burst(float[] out) {
        for (int i = 0; i < CALLS; i++) {
            call(out);
        }
    }

    private static void call(float[] out) {
        FloatVector f = FloatVector.broadcast(S, FACTOR);
        FloatVector s = FloatVector.broadcast(S, SUMMAND);
        FloatVector a = FloatVector.fromArray(S, out, 0);
        FloatVector b = a.add(1);
        FloatVector c = a.add(2);
        FloatVector d = a.add(3);
        FloatVector e = a.add(4);
        FloatVector g = a.add(5);
        FloatVector h = a.add(6);
        FloatVector k = a.add(7);
        FloatVector m = a.add(8);
        FloatVector n = a.add(9);
        FloatVector p = a.add(10);
        FloatVector q = a.add(11);
        for (int i = 0; i < STEPS; i++) {
            a = a.fma(f, s);
            b = b.fma(f, s);
            c = c.fma(f, s);
            d = d.fma(f, s);
            e = e.fma(f, s);
            g = g.fma(f, s);
            h = h.fma(f, s);
            k = k.fma(f, s);
            m = m.fma(f, s);
            n = n.fma(f, s);
            p = p.fma(f, s);
            q = q.fma(f, s);
        }
        a.add(b).add(c).add(d).add(e).add(g).add(h).add(k).add(m).add(n).add(p).add(q).mul(1f / CHAINS).intoArray(out,
                0);
    }
}
