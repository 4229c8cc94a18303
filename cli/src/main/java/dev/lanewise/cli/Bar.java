package dev.lanewise.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;

/** A line that shows how far a long run is and how long it will still take; nothing where it is no terminal. */
final class Bar implements AutoCloseable {
    private static final int WIDTH = 30;
    private static final long PAUSE_NANOS = 100_000_000;

    private final PrintWriter out;
    private final String label;
    private final boolean terminal;
    private final long started = System.nanoTime();
    private long shown = started;

    Bar(PrintWriter out, String label) {
        this.out = out;
        this.label = label;
        Console console = System.console();
        this.terminal = console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
    }

    /** @param share of the work that is done */
    void show(double share) {
        long now = System.nanoTime();
        if (!terminal || now - shown < PAUSE_NANOS && share < 1) {
            return;
        }
        shown = now;
        int done = (int) (share * WIDTH);
        double left = share <= 0 ? 0 : (now - started) / 1e9 * (1 - share) / share;
        out.printf(Locale.ROOT, "\r%s [%s%s] %3.0f %%, %.0f s left ", label, "#".repeat(done), " ".repeat(WIDTH - done),
                100 * share, left);
        out.flush();
    }

    @Override
    public void close() {
        if (terminal && shown > started) {
            out.print("\r" + " ".repeat(label.length() + WIDTH + 30) + "\r");
            out.flush();
        }
    }
}
