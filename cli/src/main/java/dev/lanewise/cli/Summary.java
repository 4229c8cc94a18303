package dev.lanewise.cli;

import dev.lanewise.Tensor;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;

/** Smallest, largest and mean element of a tensor of numbers; NaN where there are none. */
record Summary(double min, double max, double mean) {
    private static final Summary NONE = new Summary(Double.NaN, Double.NaN, Double.NaN);

    static Summary of(Tensor t) {
        IntToDoubleFunction element = elements(t);
        if (element == null || t.size() == 0) {
            return NONE;
        }
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        double sum = 0;
        for (int i = 0; i < t.size(); i++) {
            double v = element.applyAsDouble(i);
            min = Math.min(min, v);
            max = Math.max(max, v);
            sum += v;
        }
        return new Summary(min, max, sum / t.size());
    }

    /** The elements as numbers, or null for types that have no such view (strings and formats of 8 bits and less). */
    static IntToDoubleFunction elements(Tensor t) {
        return switch (t.type()) {
            case FLOAT -> i -> t.floats()[i];
            case DOUBLE -> i -> t.doubles()[i];
            case FLOAT16 -> i -> Float.float16ToFloat(t.shorts()[i]);
            case BFLOAT16 -> i -> Float.intBitsToFloat(t.shorts()[i] << 16);
            case BOOL -> i -> t.bytes()[i];
            default -> t.type().isInteger() ? t::longAt : null;
        };
    }

    String minText() {
        return text(min);
    }

    String maxText() {
        return text(max);
    }

    String meanText() {
        return text(mean);
    }

    private static String text(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9 ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.6g", value);
    }
}
