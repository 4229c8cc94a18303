package dev.lanewise;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Where the time of a session's runs went.
 *
 * @param runs number of runs that were added up
 * @param steps one entry a step, in the order of running
 */
public record Profile(int runs, List<StepTime> steps) {
    /**
     * One step.
     *
     * @param name node it came from
     * @param operator its operator
     * @param totalNanos time over all runs
     * @param lastStart start within the last run, in nanoseconds from its beginning
     * @param lastNanos time in the last run
     * @param weightBytes bytes of weights of linear layers that the last run read, each counted once
     * @param learners of an adaptive computation module the tokens of the last run with 0, 1, … learners; else empty
     */
    public record StepTime(String name, String operator, long totalNanos, long lastStart, long lastNanos,
            long weightBytes, List<Integer> learners) {
        public StepTime {
            learners = List.copyOf(learners);
        }

        /** Learners of a token of the last run as the mean over its tokens; not a number where there are none. */
        public double meanLearners() {
            double sum = 0;
            int tokens = 0;
            for (int k = 0; k < learners.size(); k++) {
                sum += (double) k * learners.get(k);
                tokens += learners.get(k);
            }
            return sum / tokens;
        }
    }

    public Profile {
        steps = List.copyOf(steps);
    }

    /** Bytes of weights of linear layers that the last run read: what the widths of an elastic model leave of them. */
    public long weightBytes() {
        return steps.stream().mapToLong(StepTime::weightBytes).sum();
    }

    /** Steps by time, longest first, with their share, then a sum for each operator, then the learners of modules. */
    public String toTable() {
        long total = Math.max(1, steps.stream().mapToLong(StepTime::totalNanos).sum());
        int n = Math.max(1, runs);
        StringBuilder out = new StringBuilder(
                String.format(Locale.ROOT, "%10s %7s  %-24s %s%n", "us/run", "share", "operator", "node"));
        for (StepTime s : steps.stream().sorted(Comparator.comparingLong(StepTime::totalNanos).reversed()).toList()) {
            out.append(String.format(Locale.ROOT, "%10.1f %6.1f%%  %-24s %s%n", s.totalNanos / 1e3 / n,
                    100.0 * s.totalNanos / total,
                    s.operator, LanewiseException.printable(s.name)));
        }
        out.append(
                String.format(Locale.ROOT, "%10.1f %6.1f%%  sum of %d steps, mean of %d runs%n", total / 1e3 / n, 100.0,
                        steps.size(), runs));
        List<String> operators = new ArrayList<>(steps.stream().map(StepTime::operator).distinct().toList());
        operators.sort(Comparator.comparingLong((String o) -> totalOf(o)).reversed());
        for (String o : operators) {
            out.append(String.format(Locale.ROOT, "%10.1f %6.1f%%  %s%n", totalOf(o) / 1e3 / n,
                    100.0 * totalOf(o) / total, o));
        }
        steps.stream().filter(s -> !s.learners.isEmpty())
                .forEach(s -> out
                        .append(String.format(Locale.ROOT, "%10.2f learners a token, tokens by learners %s: %s%n",
                                s.meanLearners(), s.learners, LanewiseException.printable(s.name))));
        return out.toString();
    }

    private long totalOf(String operator) {
        return steps.stream().filter(s -> s.operator.equals(operator)).mapToLong(StepTime::totalNanos).sum();
    }

    /** The last run in Chrome's trace event format (open it in {@code chrome://tracing} or Perfetto). */
    public String toChromeTrace() {
        StringBuilder out = new StringBuilder("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[");
        String separator = "";
        for (StepTime s : steps) {
            out.append(separator).append(String.format(Locale.ROOT,
                    "{\"name\":\"%s\",\"cat\":\"step\",\"ph\":\"X\",\"pid\":1,\"tid\":1,\"ts\":%.3f,\"dur\":%.3f,\"args\":{\"node\":\"%s\"}}",
                    escaped(s.operator), s.lastStart / 1e3, s.lastNanos / 1e3, escaped(s.name)));
            separator = ",";
        }
        return out.append("]}").toString();
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
