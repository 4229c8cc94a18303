package dev.lanewise.bench.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.bench.model.SmallModels;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The soak program in short. */
class SoakTest {
    private static final int RUNS = 20_000;
    private static final int ROUNDS = 4;

    @Test
    void manyThreadsGetTheSameBitsAndLeaveNothingBehind() throws Exception {
        List<Long> counts = new ArrayList<>();
        try (Model model = Model.load(ModelSource.of("a.onnx", SmallModels.attention(2, 16)), LoadOptions.defaults())) {
            Soak soak = new Soak(model, 32, 16);
            soak.run(RUNS, 8, RUNS / 4, counts::add);
            long grown = leastGrowth(soak);
            assertTrue(grown < 1 << 20, "the heap grew by " + (grown >> 10) + " KiB");
        }
        assertEquals(List.of(5000L, 10_000L, 15_000L, 20_000L), counts.stream().sorted().toList());
    }

    /** Bytes by which the heap grows, of the best of some rounds: kernels still warm up in the first, a leak is in all of them. */
    private static long leastGrowth(Soak soak) throws Exception {
        long least = Long.MAX_VALUE;
        long before = used();
        for (int round = 0; round < ROUNDS; round++) {
            soak.run(RUNS, 8, RUNS, runs -> {
            });
            long now = used();
            least = Math.min(least, now - before);
            before = now;
        }
        return least;
    }

    private static long used() throws InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(20);
            least = Math.min(least, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }
}
