package dev.lanewise.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The species of this process, constants once loaded; chosen by {@code lanewise.vector.bits} (128, 256 or 512). */
final class Width {
    static final VectorSpecies<Float> S = switch (Integer.getInteger("lanewise.vector.bits", 0)) {
        case 128 -> FloatVector.SPECIES_128;
        case 256 -> FloatVector.SPECIES_256;
        case 512 -> FloatVector.SPECIES_512;
        default ->
                FloatVector.SPECIES_PREFERRED.length() > 16 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;
    };
    static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, S.vectorShape());
    /** Floats in a vector. */
    static final int L = S.length();
    /** Vectors that make up the 16 virtual lanes: 1, 2 or 4. */
    static final int GROUPS = 16 / L;

    /** Whether there are 32 vector registers: AVX-512 and 64-bit ARM; else 16. */
    static final boolean MANY_REGISTERS = L == 16 || System.getProperty("os.arch", "").equals("aarch64");

    private Width() {
    }
}
