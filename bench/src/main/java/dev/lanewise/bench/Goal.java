package dev.lanewise.bench;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;

/**
 * One thing that is asked of the engine, and the measured value that is furthest from it.
 *
 * @param worst NaN where nothing was measured
 * @param where which case that was
 * @param format of the values, for {@link String#format}
 */
record Goal(String what, Mark mark, double worst, String where, String format) {
    /** The worst of values by case; those that are NaN were not measured and do not count. */
    static Goal of(String what, Mark mark, String format, Map<String, Double> values) {
        Comparator<Entry<String, Double>> worse = Entry.comparingByValue();
        return values.entrySet().stream().filter(e -> !e.getValue().isNaN()).max(mark.most() ? worse : worse.reversed())
                .map(e -> new Goal(what, mark, e.getValue(), e.getKey(), format))
                .orElse(new Goal(what, mark, Double.NaN, "", format));
    }

    String[] row() {
        String[] judged = Mark.cells(mark, worst, format);
        return new String[] {what, judged[0], Double.isNaN(worst) ? "" : String.format(Locale.ROOT, format, worst),
            where,
            judged[1]};
    }

    static List<String> head() {
        return List.of("", "goal", "worst", "where", "");
    }
}
