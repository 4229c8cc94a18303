package dev.lanewise.bench.work;

import dev.lanewise.bench.Statistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures several engines in one process in turn, so that all meet the same machine, and the same for each:
 *
 * <ol>
 * <li>Each runs untimed until it is warm.
 * <li>Then {@value #BLOCKS} rounds of one block an engine; the order of the engines shifts by one from round to round.
 * <li>A block is {@value #PAUSE_MILLIS} ms of sleep, some untimed runs, then at least {@value #LEAST_TIMED} timed runs one after
 * another. Threads of a pool that spin for work after a run (those of ONNX Runtime and of Lanewise both do) have gone to
 * sleep when the next engine's block begins, and the untimed runs bring back its own threads, its caches and the clock of the CPU.
 * </ol>
 */
public final class Alternation {
    static final int BLOCKS = 10;
    static final int LEAST_TIMED = 5;
    static final int PAUSE_MILLIS = 60;
    /** Timed runs of a block take about this long together where a run is short. */
    private static final double BLOCK_MILLIS = 40;
    private static final double UNTIMED_MILLIS = 30;
    private static final int MOST_TIMED = 40;

    /** One run. */
    public interface Run {
        void run() throws Exception;
    }

    /** An engine as it takes part: a name for its result, and what it does in a run. */
    public record Entrant(String name, Run run) {
    }

    private Alternation() {
    }

    /** The milliseconds of all timed runs of each. */
    public static Map<String, double[]> measure(List<Entrant> entrants, double warmSeconds) throws Exception {
        Map<String, List<Double>> times = new LinkedHashMap<>();
        Map<String, Double> expected = new LinkedHashMap<>();
        for (Entrant e : entrants) {
            times.put(e.name, new ArrayList<>());
            expected.put(e.name, warm(e, warmSeconds));
        }
        for (int block = 0; block < BLOCKS; block++) {
            for (int i = 0; i < entrants.size(); i++) {
                Entrant e = entrants.get((i + block) % entrants.size());
                block(e, expected.get(e.name), times.get(e.name));
            }
        }
        Map<String, double[]> measured = new LinkedHashMap<>();
        times.forEach((name, t) -> measured.put(name, t.stream().mapToDouble(Double::doubleValue).toArray()));
        return measured;
    }

    /** Runs until warm, and says about how long a run takes. */
    private static double warm(Entrant e, double seconds) throws Exception {
        double[] last = new double[LEAST_TIMED];
        long end = System.nanoTime() + (long) (seconds * 1e9);
        for (int i = 0; i < last.length || System.nanoTime() < end; i++) {
            last[i % last.length] = time(e);
        }
        return Statistics.median(last);
    }

    private static void block(Entrant e, double expected, List<Double> times) throws Exception {
        Thread.sleep(PAUSE_MILLIS);
        int untimed = (int) Math.clamp(Math.ceil(UNTIMED_MILLIS / expected), 1, MOST_TIMED);
        int timed = (int) Math.clamp(BLOCK_MILLIS / expected, LEAST_TIMED, MOST_TIMED);
        for (int i = 0; i < untimed; i++) {
            e.run.run();
        }
        double[] t = new double[timed];
        for (int i = 0; i < timed; i++) {
            t[i] = time(e);
        }
        Arrays.stream(t).forEach(times::add);
    }

    private static double time(Entrant e) throws Exception {
        long start = System.nanoTime();
        e.run.run();
        return (System.nanoTime() - start) / 1e6;
    }
}
