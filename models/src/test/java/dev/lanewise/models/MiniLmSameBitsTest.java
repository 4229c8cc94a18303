package dev.lanewise.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.KernelMode;
import dev.lanewise.Model;
import dev.lanewise.Outputs;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same input gives the same bits: threads, batch, padding, repetition, vector width, scalar. */
class MiniLmSameBitsTest {
    private static final SessionOptions COLD = SessionOptions.defaults().withWarmUp(SessionOptions.WarmUp.NONE);
    /** Checksum of the output for {@code full(7, 2, 19)}, equal at every vector width and for scalar kernels. */
    private static final long EXPECTED_BITS = 1907071424L;

    private static float[] run(Session session, Map<String, Tensor> inputs) {
        return session.run(inputs).get(0).toFloatArray();
    }

    @Test
    @Tag("width")
    void theBitsOfEveryWidth() {
        try (Model model = MiniLm.load(KernelMode.ofProperty())) {
            float[] found = run(model.newSession(COLD), MiniLm.full(7, 2, 19));
            assertEquals(EXPECTED_BITS, MiniLm.bits(found), "kernels " + model.kernels() + " " + model.vectorBits());
        }
    }

    @Test
    void scalarAndVector() {
        Map<String, Tensor> inputs = MiniLm.inputs(8, 21, 21, 9);
        try (Model vector = MiniLm.load(KernelMode.REQUIRE); Model scalar = MiniLm.load(KernelMode.SCALAR)) {
            assertArrayEquals(run(scalar.newSession(), inputs), run(vector.newSession(), inputs));
        }
    }

    @Test
    void anyNumberOfThreads() {
        Map<String, Tensor> inputs = MiniLm.inputs(9, 40, 40, 17, 33);
        try (Model model = MiniLm.load(KernelMode.REQUIRE)) {
            float[] one = run(model.newSession(), inputs);
            for (int threads : new int[] {2, 3, 4}) {
                try (Session session = model.newSession(SessionOptions.defaults().withThreads(threads))) {
                    for (int repeat = 0; repeat < 20; repeat++) {
                        assertArrayEquals(one, run(session, inputs), threads + " threads");
                    }
                }
            }
        }
    }

    @Test
    void aloneOrInABatch() {
        int sequence = 45;
        int[] lengths = {45, 1, 17, 32, 33};
        Map<String, Tensor> batch = MiniLm.inputs(10, sequence, lengths);
        try (Model model = MiniLm.load(KernelMode.REQUIRE)) {
            Session session = model.newSession();
            float[] together = run(session, batch);
            List<Outputs> ragged =
                    session.runAll(IntStream.range(0, lengths.length).mapToObj(r -> MiniLm.row(batch, r, lengths[r]))
                            .toList());
            for (int r = 0; r < lengths.length; r++) {
                float[] padded = run(session, MiniLm.row(batch, r, sequence));
                float[] bare = run(session, MiniLm.row(batch, r, lengths[r]));
                assertArrayEquals(bare, ragged.get(r).get(0).floats(), "row " + r + " beside rows of other lengths");
                int from = r * sequence * MiniLm.WIDTH;
                assertArrayEquals(padded, Arrays.copyOfRange(together, from, from + padded.length), "padded row " + r);
                assertArrayEquals(bare, Arrays.copyOfRange(together, from, from + bare.length),
                        "row without padding " + r);
            }
        }
    }

    @Test
    void firstRunOrThousandth() {
        Map<String, Tensor> inputs = MiniLm.full(11, 1, 7);
        try (Model model = MiniLm.load(KernelMode.REQUIRE)) {
            Session session = model.newSession(COLD);
            float[] first = run(session, inputs);
            for (int i = 1; i < 1000; i++) {
                run(session, i % 3 == 0 ? MiniLm.full(i, 1, 3 + i % 5) : inputs);
            }
            assertArrayEquals(first, run(session, inputs));
        }
    }

    @Test
    void eightThreadsOneModel() throws Exception {
        try (Model model = MiniLm.load(KernelMode.REQUIRE); ExecutorService pool = Executors.newFixedThreadPool(8)) {
            List<float[]> expected = new ArrayList<>();
            Session alone = model.newSession();
            for (int i = 0; i < 8; i++) {
                expected.add(run(alone, MiniLm.full(i, 1, 5 + i)));
            }
            List<Callable<Void>> callers = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                int mine = t;
                callers.add(() -> {
                    Session session = model.newSession();
                    for (int i = 0; i < 24; i++) {
                        int request = (mine + i) % 8;
                        assertArrayEquals(expected.get(request), run(session, MiniLm.full(request, 1, 5 + request)));
                    }
                    return null;
                });
            }
            for (var done : pool.invokeAll(callers)) {
                done.get();
            }
        }
    }
}
