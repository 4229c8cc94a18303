package dev.lanewise.bench;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * How far a long run is, and how long it will still take. Guessed times are corrected by how long the finished part took. On a
 * terminal it is one line that changes; elsewhere each part gets a line.
 */
final class ProgressBar {
    private static final int WIDTH = 30;

    private final PrintStream out;
    private final boolean terminal;
    private final double total;
    private final long started = System.nanoTime();
    private double done;
    private double current;
    private long currentStarted;
    private String label = "";
    private String detail = "";

    /** @param total guessed seconds of all parts */
    ProgressBar(PrintStream out, double total) {
        this.out = out;
        this.total = total;
        Console console = System.console();
        terminal = console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
    }

    /** A part begins that is guessed to take so many seconds. */
    synchronized void begin(String part, double seconds) {
        label = part;
        detail = "";
        current = seconds;
        currentStarted = System.nanoTime();
        if (terminal) {
            draw();
        } else {
            out.println(line(label));
        }
    }

    /** What the part does now. */
    synchronized void detail(String what) {
        detail = what;
        draw();
    }

    synchronized void end() {
        done += current;
        current = 0;
        draw();
    }

    /** Draws again, since time goes by; nothing where it is no terminal. */
    synchronized void draw() {
        if (terminal) {
            String line = line(detail.isEmpty() ? label : label + ", " + detail);
            out.print("\r" + line.substring(0, Math.min(line.length(), 118)) + "\u001b[K");
            out.flush();
        }
    }

    synchronized void close() {
        if (terminal) {
            out.print("\r\u001b[K");
        }
        out.println("measured in " + text(seconds(started)));
    }

    private String line(String what) {
        double share = Math.min(0.999, (done + partOfCurrent()) / total);
        int filled = (int) (share * WIDTH);
        return String.format(Locale.ROOT, "[%s%s] %3.0f %%  %s left  %s", "#".repeat(filled),
                ".".repeat(WIDTH - filled),
                100 * share, text(left()), what);
    }

    private double partOfCurrent() {
        return Math.min(seconds(currentStarted) / correction(), 0.95 * current);
    }

    private double left() {
        return (total - done - partOfCurrent()) * correction();
    }

    /** How much longer than guessed the finished parts took; the guess itself counts as half a minute of experience. */
    private double correction() {
        double finished = (currentStarted == 0 ? seconds(started) : (currentStarted - started) / 1e9);
        return (finished + 30) / (done + 30);
    }

    private static double seconds(long since) {
        return since == 0 ? 0 : (System.nanoTime() - since) / 1e9;
    }

    static String text(double seconds) {
        Duration d = Duration.ofSeconds(Math.max(0, Math.round(seconds)));
        return d.toHours() > 0 ? String.format(Locale.ROOT, "%d h %02d min", d.toHours(), d.toMinutesPart())
                : d.toMinutes() > 0 ? String.format(Locale.ROOT, "%d min %02d s", d.toMinutes(), d.toSecondsPart())
                : d.toSeconds() + " s";
    }
}
