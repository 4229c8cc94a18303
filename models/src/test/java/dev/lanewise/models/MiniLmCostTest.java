package dev.lanewise.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lanewise.KernelMode;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Arena;
import dev.lanewise.exec.Binding;
import dev.lanewise.exec.Plan;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a run costs beside its arithmetic: allocation, and binding of new sizes. */
class MiniLmCostTest {
    private static final int WARM_RUNS = 300;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static long allocated(Runnable work) {
        long id = Thread.currentThread().threadId();
        long before = THREADS.getThreadAllocatedBytes(id);
        work.run();
        return THREADS.getThreadAllocatedBytes(id) - before;
    }

    /** The smallest of several, since the JVM may compile or deoptimise in between. */
    private static long steady(Runnable work) {
        for (int i = 0; i < WARM_RUNS; i++) {
            work.run();
        }
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 20; i++) {
            least = Math.min(least, allocated(work));
        }
        return least;
    }

    @Test
    void aRunAllocatesItsOutputsAndLittleElse() {
        Map<String, Tensor> inputs = MiniLm.full(1, 1, 24);
        try (Model model = MiniLm.load(KernelMode.REQUIRE)) {
            Session session = model.newSession();
            long outputs = 24L * MiniLm.WIDTH * Float.BYTES;
            long bytes = steady(() -> session.run(inputs));
            assertTrue(bytes - outputs < 4096, bytes - outputs + " bytes beside the outputs");
        }
    }

    @Test
    void aRunIntoGivenTensorsAllocatesLittle() {
        for (String name : BuiltInModels.names()) {
            Map<String, Tensor> inputs = MiniLm.full(1, 1, 24);
            Map<String, Tensor> outputs =
                    Map.of("last_hidden_state", Tensor.of(new float[24 * MiniLm.WIDTH], 1, 24, MiniLm.WIDTH));
            try (Model model = MiniLm.load(name, LoadOptions.defaults().withKernels(KernelMode.REQUIRE))) {
                Session session = model.newSession();
                long bytes = steady(() -> session.run(inputs, outputs));
                assertTrue(bytes < 4096, name + ": " + bytes + " bytes");
            }
        }
    }

    @Test
    void bindingNewSizesTakesUnderAHundredMicroseconds() {
        try (Model model = MiniLm.load(KernelMode.REQUIRE)) {
            Plan plan = model.compiled().symbolicPlan();
            assertTrue(plan.isStatic(), "every shape follows from the inputs");
            Binding binding = new Binding(plan, new Arena(), 1, Long.MAX_VALUE);
            long[] times = new long[2000];
            for (int i = 0; i < 4 * times.length; i++) {
                long[] sizes = {1 + i % 8, 1 + i * 7 % 512};
                long start = System.nanoTime();
                binding.bind(sizes);
                times[i % times.length] = System.nanoTime() - start;
            }
            Arrays.sort(times);
            assertTrue(times[times.length / 2] < 100_000, "median " + times[times.length / 2] + " ns");
        }
    }

    @Test
    void newLengthsNeedNoNewPlan() {
        try (Model model = MiniLm.load(KernelMode.REQUIRE)) {
            Session session = model.newSession();
            for (int length = 1; length < 40; length++) {
                session.run(MiniLm.full(length, 1, length));
            }
            assertEquals(0, model.compiled().cachedPlans());
        }
    }
}
