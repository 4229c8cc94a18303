package dev.lanewise.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;

/** Says what is under way, once a second has gone by, and when it is done; what is quick stays unsaid. */
final class Progress {
    private static final long PATIENCE_MILLIS = 1000;

    private Progress() {
    }

    static <T> T during(PrintWriter err, String what, Callable<T> work) throws Exception {
        long started = System.nanoTime();
        Thread herald = Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(PATIENCE_MILLIS);
                say(err, what + " ...");
            } catch (InterruptedException e) {
                // Done before it was worth a word.
            }
        });
        try {
            return work.call();
        } finally {
            herald.interrupt();
            long millis = (System.nanoTime() - started) / 1_000_000;
            if (millis > PATIENCE_MILLIS) {
                say(err, String.format(java.util.Locale.ROOT, "%s: %.1f s", what, millis / 1e3));
            }
        }
    }

    private static synchronized void say(PrintWriter err, String text) {
        err.println(text);
        err.flush();
    }
}
