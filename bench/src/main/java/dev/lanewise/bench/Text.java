package dev.lanewise.bench;

import java.util.Locale;

/** Numbers as they stand in tables; nothing where nothing was measured. */
final class Text {
    private Text() {
    }

    static String number(String format, double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
    }

    /** Milliseconds to three digits or so. */
    static String millis(double value) {
        return number(value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    }

    /** A share in percent. */
    static String percent(double share) {
        return number("%.0f %%", 100 * share);
    }

    /** A small share in percent. */
    static String finePercent(double share) {
        return number("%.1f %%", 100 * share);
    }

    static String giga(double value) {
        return number("%.1f", value / 1e9);
    }

    static String threads(int threads) {
        return threads == 1 ? "1 thread" : threads + " threads";
    }
}
