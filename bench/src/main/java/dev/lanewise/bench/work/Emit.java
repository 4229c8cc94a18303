package dev.lanewise.bench.work;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** How a measuring process hands over what it finds: lines on stdout, fields with tabs between. */
public final class Emit {
    /** Taken before anything else could write there; all other output goes to stderr. */
    private static final PrintStream LINES = System.out;

    static {
        System.setOut(System.err);
    }

    private Emit() {
    }

    public static synchronized void value(String key, double value) {
        line("value", key, Double.toString(value));
    }

    public static synchronized void fact(String key, String text) {
        line("fact", key, text.replaceAll("[\t\r\n]+", " "));
    }

    /** What the process does now, for who waits. */
    public static synchronized void doing(String what) {
        line("doing", what);
    }

    private static void line(String... fields) {
        PrintWriter out = new PrintWriter(LINES, true, StandardCharsets.UTF_8);
        out.println(String.join("\t", fields));
        out.flush();
    }
}
