package dev.lanewise.exec;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveAction;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The caller and helpers from a {@link ForkJoinPool}. Helpers join for a whole run and look for tiles by spinning briefly,
 * so that a step costs no wake-up; a helper that the pool starts late or never is not waited for.
 */
public final class ForkJoinExecutor implements Executor {
    /** Polls before a waiting thread yields, and before an idle helper naps. */
    private static final int SPINS_BEFORE_YIELD = 2_000;
    private static final int SPINS_BEFORE_NAP = 20_000;
    private static final long NAP_NANOS = 50_000;

    private final ForkJoinPool pool;
    private final boolean owned;
    private final int threads;

    /** With a pool of its own, closed with the executor. */
    public ForkJoinExecutor(int threads) {
        this(new ForkJoinPool(Math.max(1, threads - 1)), true, threads);
    }

    /** With helpers from the caller's pool, which stays the caller's to close. */
    public ForkJoinExecutor(ForkJoinPool pool, int threads) {
        this(pool, false, threads);
    }

    private ForkJoinExecutor(ForkJoinPool pool, boolean owned, int threads) {
        this.pool = pool;
        this.owned = owned;
        this.threads = threads;
    }

    @Override
    public int threads() {
        return threads;
    }

    @Override
    public void run(Frame frame, Step[] steps, RunControl control) {
        Crew crew = new Crew(threads);
        try {
            for (int w = 1; w < threads; w++) {
                pool.execute(new Helper(crew, w));
            }
        } catch (RejectedExecutionException e) {
            crew.closed = true;
            throw e;
        }
        try {
            frame.control(control);
            for (int i = 0; i < steps.length; i++) {
                control.beforeStep(i);
                steps[i].run(frame, crew);
            }
        } finally {
            crew.closed = true;
        }
    }

    @Override
    public void close() {
        if (owned) {
            pool.close();
        }
    }

    /** The tiles of one step, handed out one by one. */
    private static final class Job {
        final Workers.Tile body;
        final int tiles;
        final AtomicInteger next = new AtomicInteger();
        final AtomicInteger finished = new AtomicInteger();
        volatile Throwable failure;

        Job(int tiles, Workers.Tile body) {
            this.tiles = tiles;
            this.body = body;
        }

        void work(int worker) {
            for (int i = next.getAndIncrement(); i < tiles; i = next.getAndIncrement()) {
                try {
                    if (failure == null) {
                        body.run(i, worker);
                    }
                } catch (Throwable t) {
                    failure = t; // rethrown by the caller's thread, which waits for all tiles
                } finally {
                    finished.getAndIncrement();
                }
            }
        }
    }

    /** The threads of one run. */
    private static final class Crew implements Workers {
        private final int count;
        private volatile Job job;
        private volatile boolean closed;

        Crew(int count) {
            this.count = count;
        }

        @Override
        public int count() {
            return count;
        }

        @Override
        public void forEach(int tiles, Tile body) {
            if (tiles <= 1) {
                if (tiles == 1) {
                    body.run(0, 0);
                }
                return;
            }
            Job work = new Job(tiles, body);
            job = work;
            work.work(0);
            for (int spins = 0; work.finished.get() < tiles; spins++) {
                if (spins < SPINS_BEFORE_YIELD) {
                    Thread.onSpinWait();
                } else {
                    Thread.yield();
                }
            }
            if (work.failure != null) {
                rethrow(work.failure);
            }
        }

        private static void rethrow(Throwable t) {
            switch (t) {
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new IllegalStateException(t);
            }
        }

        void help(int worker) {
            Job last = null;
            for (int spins = 0; !closed; spins++) {
                Job current = job;
                if (current != last) {
                    last = current;
                    current.work(worker);
                    spins = 0;
                } else if (spins < SPINS_BEFORE_YIELD) {
                    Thread.onSpinWait();
                } else if (spins < SPINS_BEFORE_NAP) {
                    Thread.yield();
                } else {
                    LockSupport.parkNanos(NAP_NANOS);
                }
            }
        }
    }

    private static final class Helper extends RecursiveAction {
        private final transient Crew crew;
        private final int worker;

        Helper(Crew crew, int worker) {
            this.crew = crew;
            this.worker = worker;
        }

        @Override
        protected void compute() {
            crew.help(worker);
        }
    }
}
