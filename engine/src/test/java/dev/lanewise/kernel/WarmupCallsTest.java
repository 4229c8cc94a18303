package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/** The warm-up calls with sizes that take each shape of tile, at all widths: a shape that it misses runs uncompiled at first. */
class WarmupCallsTest {
    private static final int ROUNDS = 100;
    /** Floats of a vector. */
    private static final int[] WIDTHS = {16, 8, 4};

    /** The sizes that the kernel chooses its tiles by. */
    private final TreeSet<Integer> sizes = new TreeSet<>();

    @Test
    void convolutionsOfChannels() {
        play(Warmup.CONVOLVE_CHANNELS);
        for (int lanes : WIDTHS) {
            assertSome("pairs of vectors", lanes, c -> c >= 2 * lanes);
            assertSome("a vector beside pairs", lanes, c -> c / lanes % 2 == 1);
            assertSome("no rest", lanes, c -> c % lanes == 0);
            assertSome("a rest", lanes, c -> c % lanes > 0);
        }
        assertSome("half a vector alone", 16, c -> c == 8);
        assertHalves();
    }

    @Test
    void convolutions() {
        play(Warmup.CONVOLVE);
        assertSome("whole panels", PackedMatrix.PANEL, n -> n >= PackedMatrix.PANEL);
        for (int lanes : WIDTHS) {
            assertSome("a vector beside pairs", lanes, n -> n % PackedMatrix.PANEL / lanes % 2 == 1);
            assertSome("a rest", lanes, n -> n % lanes > 0);
        }
        assertHalves();
    }

    @Test
    void products() {
        play(Warmup.GEMM);
        assertSome("a whole panel", PackedMatrix.PANEL, n -> n == PackedMatrix.PANEL);
        for (int lanes : WIDTHS) {
            assertSome("between one and two vectors", lanes, n -> n % (2 * lanes) > lanes);
        }
        assertSome("fours", 4, n -> n >= 4 && n < 8);
        assertSome("fours and single columns", 4, n -> n > 8 && n < 12);
        assertSome("single columns", 4, n -> n < 4);
    }

    /** Vectors of 16 are followed by one of 8 where there is so much left. */
    private void assertHalves() {
        assertSome("a rest below half a vector", 16, n -> n % 16 > 0 && n % 16 < 8);
        assertSome("a rest of half a vector", 16, n -> n % 16 == 8);
        assertSome("a rest above half a vector", 16, n -> n % 16 > 8);
    }

    private void assertSome(String what, int lanes, IntPredicate wanted) {
        assertTrue(sizes.stream().anyMatch(wanted::test),
                () -> what + " with " + lanes + " lanes: no call, among sizes " + sizes);
    }

    private void play(int kernel) {
        Kernels recording = (Kernels) Proxy.newProxyInstance(Kernels.class.getClassLoader(),
                new Class<?>[] {Kernels.class}, (proxy, method, arguments) -> {
                    sizes.add(switch (method.getName()) {
                        case "convolve" -> ((PackedMatrix) arguments[0]).n();
                        case "convolveChannels" -> (Integer) arguments[0];
                        case "gemmPanel" -> (Integer) arguments[1];
                        default -> throw new AssertionError("another kernel was called: " + method);
                    });
                    return null;
                });
        WarmupTask task = new WarmupCalls(recording).task(kernel);
        for (int i = 0; i < ROUNDS; i++) {
            task.round();
        }
    }
}
