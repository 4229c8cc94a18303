package dev.lanewise.exec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ForkJoinExecutorTest {
    private static final int TILES = 64;

    private static void run(Executor executor, Workers.Tile... tiles) {
        Step[] steps = new Step[tiles.length];
        for (int i = 0; i < steps.length; i++) {
            Workers.Tile tile = tiles[i];
            steps[i] = (frame, workers) -> workers.forEach(TILES, tile);
        }
        executor.run(new Frame(new int[0], 0, 0, new Scratch(1)), steps, RunControl.NONE);
    }

    @Test
    void eachTileRunsOnceAndBeforeTheNextStep() {
        try (Executor executor = new ForkJoinExecutor(4)) {
            assertEquals(4, executor.threads());
            for (int round = 0; round < 200; round++) {
                AtomicIntegerArray first = new AtomicIntegerArray(TILES);
                AtomicIntegerArray second = new AtomicIntegerArray(TILES);
                AtomicInteger early = new AtomicInteger();
                run(executor, (i, w) -> first.incrementAndGet(i), (i, w) -> {
                    for (int j = 0; j < TILES; j++) {
                        early.addAndGet(1 - first.get(j));
                    }
                    second.incrementAndGet(i);
                });
                for (int i = 0; i < TILES; i++) {
                    assertEquals(1, first.get(i));
                    assertEquals(1, second.get(i));
                }
                assertEquals(0, early.get());
            }
        }
    }

    /** A worker's number selects its scratch memory, so no two threads may have the same at a time. */
    @Test
    void workersAreNumberedApart() {
        try (Executor executor = new ForkJoinExecutor(3)) {
            AtomicIntegerArray inside = new AtomicIntegerArray(3);
            AtomicInteger clashes = new AtomicInteger();
            run(executor, (i, w) -> {
                clashes.addAndGet(inside.getAndIncrement(w));
                Thread.onSpinWait();
                inside.decrementAndGet(w);
            });
            assertEquals(0, clashes.get());
        }
    }

    /** All tiles but the caller's wait for a helper: ends only if helpers take part. */
    @Test
    void helpersTakePart() {
        try (Executor executor = new ForkJoinExecutor(2)) {
            CountDownLatch both = new CountDownLatch(2);
            executor.run(new Frame(new int[0], 0, 0, new Scratch(1)),
                    new Step[] {(frame, workers) -> workers.forEach(2, (i, w) -> {
                        both.countDown();
                        await(both);
                    })}, RunControl.NONE);
            assertEquals(0, both.getCount());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(10, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void moreThreadsThanTiles() {
        try (Executor executor = new ForkJoinExecutor(8)) {
            for (int tiles : new int[] {0, 1, 2}) {
                AtomicInteger runs = new AtomicInteger();
                executor.run(new Frame(new int[0], 0, 0, new Scratch(1)),
                        new Step[] {(f, workers) -> workers.forEach(tiles, (i, w) -> runs.addAndGet(1))},
                        RunControl.NONE);
                assertEquals(tiles, runs.get());
            }
        }
    }

    /** Only the caller and the pool that was given do work, and never the common pool unasked. */
    @Test
    void onlyThePoolGivenHelps() {
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        Thread caller = Thread.currentThread();
        try (ForkJoinPool pool = new ForkJoinPool(2)) {
            Executor executor = new ForkJoinExecutor(pool, 3);
            for (int round = 0; round < 50; round++) {
                run(executor, (i, w) -> seen.add(Thread.currentThread()));
            }
            assertTrue(seen.stream().allMatch(t -> t == caller || ((ForkJoinWorkerThread) t).getPool() == pool));
            executor.close();
            assertFalse(pool.isShutdown(), "the caller's pool is the caller's to close");
        }
        seen.clear();
        try (Executor executor = new ForkJoinExecutor(3)) {
            for (int round = 0; round < 50; round++) {
                run(executor, (i, w) -> seen.add(Thread.currentThread()));
            }
        }
        assertTrue(seen.stream().allMatch(
                t -> t == caller || ((ForkJoinWorkerThread) t).getPool() != ForkJoinPool.commonPool()));
    }

    @Test
    void aPoolWithoutAFreeThreadIsNotWaitedFor() throws Exception {
        try (ForkJoinPool pool = new ForkJoinPool(2)) {
            CountDownLatch blocked = new CountDownLatch(2);
            CountDownLatch release = new CountDownLatch(1);
            for (int i = 0; i < 2; i++) {
                pool.execute(() -> {
                    blocked.countDown();
                    ForkJoinExecutorTest.await(release);
                });
            }
            await(blocked);
            Executor executor = new ForkJoinExecutor(pool, 3);
            AtomicInteger runs = new AtomicInteger();
            for (int round = 0; round < 20; round++) {
                run(executor, (i, w) -> {
                    runs.addAndGet(1);
                    assertEquals(0, w);
                });
            }
            assertEquals(20 * TILES, runs.get());
            release.countDown();
            assertTrue(pool.awaitQuiescence(10, TimeUnit.SECONDS), "late helpers do not leave");
        }
    }

    @Test
    void failuresReachTheCallerAndTheExecutorGoesOn() {
        IllegalArgumentException failure = new IllegalArgumentException("tile 40");
        try (Executor executor = new ForkJoinExecutor(3)) {
            for (int round = 0; round < 20; round++) {
                assertSame(failure, assertThrows(IllegalArgumentException.class, () -> run(executor, (i, w) -> {
                    if (i == 40) {
                        throw failure;
                    }
                })));
                AtomicInteger runs = new AtomicInteger();
                run(executor, (i, w) -> runs.addAndGet(1));
                assertEquals(TILES, runs.get());
            }
            assertThrows(StackOverflowError.class, () -> run(executor, (i, w) -> {
                throw new StackOverflowError();
            }));
        }
    }

    /** When a failure reaches the caller no tile runs any more, so that the memory can be used again. */
    @Test
    void noTileOutlivesTheRun() {
        AtomicInteger inside = new AtomicInteger();
        try (Executor executor = new ForkJoinExecutor(4)) {
            for (int round = 0; round < 100; round++) {
                assertThrows(IllegalStateException.class, () -> run(executor, (i, w) -> {
                    inside.incrementAndGet();
                    for (int spin = 0; spin < 200; spin++) {
                        Thread.onSpinWait();
                    }
                    inside.decrementAndGet();
                    throw new IllegalStateException();
                }));
                assertEquals(0, inside.get());
            }
        }
    }

    @Test
    void stepsRunInOrderAndCanBeStopped() {
        for (Executor executor : new Executor[] {new SingleThreadExecutor(), new ForkJoinExecutor(2)}) {
            int[] ran = new int[1];
            Step step = (frame, workers) -> ran[0]++;
            assertThrows(IllegalStateException.class, () -> executor.run(new Frame(new int[0], 0, 0, new Scratch(1)),
                    new Step[] {step, step, step}, i -> {
                        if (i == 2) {
                            throw new IllegalStateException();
                        }
                    }));
            assertEquals(2, ran[0]);
            executor.close();
        }
    }

    @Test
    void aClosedPoolIsAnError() {
        ForkJoinExecutor executor = new ForkJoinExecutor(2);
        executor.close();
        assertThrows(RejectedExecutionException.class, () -> run(executor, (i, w) -> {
        }));
    }

    @Test
    void resultsAreTheSame() {
        float[][] results = new float[3][TILES];
        int[] threads = {1, 2, 5};
        for (int n = 0; n < threads.length; n++) {
            float[] y = results[n];
            try (Executor executor = threads[n] == 1 ? new SingleThreadExecutor() : new ForkJoinExecutor(threads[n])) {
                run(executor, (i, w) -> y[i] = i * 0.1f, (i, w) -> y[i] = y[i] * y[i]);
            }
            assertArrayEquals(results[0], y);
        }
    }
}
