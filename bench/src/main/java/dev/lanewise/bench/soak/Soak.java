package dev.lanewise.bench.soak;

import dev.lanewise.Model;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Many runs of one model by many threads at once, each with a session of its own, on inputs of different sizes. Each run must give the
 * bits that the first run of these inputs gave.
 */
final class Soak {
    private final Model model;
    private final List<Map<String, Tensor>> inputs = new ArrayList<>();
    private final List<float[]> expected = new ArrayList<>();

    /** @param width of the inputs q, k and v, FLOAT [1, tokens, width] */
    Soak(Model model, int width, int sizes) {
        this.model = model;
        Random random = new Random(5);
        try (Session session = open()) {
            for (int tokens = 1; tokens <= sizes; tokens++) {
                Map<String, Tensor> given = new LinkedHashMap<>();
                for (String name : List.of("q", "k", "v")) {
                    float[] values = new float[tokens * width];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = random.nextFloat() - 0.5f;
                    }
                    given.put(name, Tensor.of(values, 1, tokens, width));
                }
                inputs.add(given);
                expected.add(session.run(given).get(0).floats());
            }
        }
    }

    private Session open() {
        return model.newSession(SessionOptions.defaults().withThreads(1));
    }

    /** @param watcher is told now and then how many runs are done, by one thread at a time */
    void run(long runs, int threads, long every, LongConsumer watcher) throws InterruptedException, ExecutionException {
        AtomicLong next = new AtomicLong();
        AtomicLong done = new AtomicLong();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> workers = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                workers.add(pool.submit(() -> work(runs, next, done, every, watcher)));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
        }
    }

    private void work(long runs, AtomicLong next, AtomicLong done, long every, LongConsumer watcher) {
        try (Session session = open()) {
            for (long i = next.getAndIncrement(); i < runs; i = next.getAndIncrement()) {
                int which = (int) (i % inputs.size());
                if (!Arrays.equals(expected.get(which), session.run(inputs.get(which)).get(0).floats())) {
                    throw new IllegalStateException("run " + i + " gave other bits");
                }
                long count = done.incrementAndGet();
                if (count % every == 0) {
                    synchronized (this) {
                        watcher.accept(count);
                    }
                }
            }
        }
    }
}
