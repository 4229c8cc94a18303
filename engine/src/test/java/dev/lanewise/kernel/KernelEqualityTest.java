package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Same bits: vector as scalar, at every width, before and after compilation. */
@Tag("kernel")
class KernelEqualityTest {
    private static final long LONGEST_NANOS = 2_000_000_000L;

    static List<KernelCase> cases() {
        return KernelCase.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void vectorGivesTheBitsOfScalar(KernelCase kernel) {
        Kernels vector = TestKernels.vector();
        for (int n = 0; n <= KernelCase.LONGEST; n++) {
            for (int shift = 0; shift < KernelCase.SHIFTS.length; shift++) {
                for (boolean special : new boolean[] {false, true}) {
                    int[][] expected =
                            KernelCase.bits(
                                    kernel.call().run(TestKernels.SCALAR, KernelCase.Inputs.of(n, shift, special)));
                    int[][] actual =
                            KernelCase.bits(kernel.call().run(vector, KernelCase.Inputs.of(n, shift, special)));
                    assertArrayEquals(expected, actual, kernel + ", length " + n + ", shifts no " + shift
                            + (special ? ", special values" : "") + ", " + vector.vectorBits() + " bits");
                }
            }
        }
    }

    /**
     * Vector code is interpreted at first, then compiled in steps; the numbers may not change on the way. What takes long is compiled
     * after fewer calls.
     */
    @ParameterizedTest
    @MethodSource("cases")
    void keepsItsBitsWhenCompiled(KernelCase kernel) {
        Kernels own = TestKernels.own();
        int[] lengths = {5, 16, 39};
        int[][][] first = new int[lengths.length][][];
        for (int i = 0; i < lengths.length; i++) {
            first[i] = KernelCase.bits(kernel.call().run(own, KernelCase.Inputs.of(lengths[i], 1, true)));
        }
        long end = System.nanoTime() + LONGEST_NANOS;
        for (int call = 1; call <= 12_000 && System.nanoTime() < end; call++) {
            int i = call % lengths.length;
            Object[] outputs = kernel.call().run(own, KernelCase.Inputs.of(lengths[i], 1, true));
            if (call % 1000 < lengths.length) {
                assertArrayEquals(first[i], KernelCase.bits(outputs),
                        kernel + ", length " + lengths[i] + ", call " + call);
            }
        }
    }

    /**
     * The bits written down in {@code kernel-bits.txt}: runs at other widths, without vectors and on other machines are compared
     * with each other through it. Whoever changes a kernel's numbers on purpose takes over the lines that this test prints.
     */
    @Test
    void bitsAreThoseWrittenDown() throws IOException {
        Map<String, String> actual = new TreeMap<>();
        for (KernelCase kernel : cases()) {
            actual.put(kernel.name(), kernel.fingerprint(TestKernels.own()));
        }
        assertEquals(writtenDown(), actual, () -> "bits of these kernels:\n" + lines(actual));
    }

    private static String lines(Map<String, String> fingerprints) {
        StringBuilder lines = new StringBuilder();
        fingerprints.forEach((name, bits) -> lines.append(bits).append(' ').append(name).append('\n'));
        return lines.toString();
    }

    private static Map<String, String> writtenDown() throws IOException {
        Map<String, String> fingerprints = new TreeMap<>();
        try (InputStream file = KernelEqualityTest.class.getResourceAsStream("kernel-bits.txt")) {
            new String(file.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .forEach(line -> fingerprints.put(line.substring(9), line.substring(0, 8)));
        }
        return fingerprints;
    }
}
