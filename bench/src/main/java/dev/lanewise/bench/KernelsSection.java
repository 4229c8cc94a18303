package dev.lanewise.bench;

import dev.lanewise.bench.page.Page;
import dev.lanewise.bench.work.KernelsWork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The JMH benchmarks of kernels. */
final class KernelsSection implements Section {
    private static final String PREFIX = "kernels";

    @Override
    public String name() {
        return PREFIX;
    }

    @Override
    public List<Job> jobs() {
        return List.of(new Job("kernels, JMH", 120, Job.LONG_RUNNING, KernelsWork.class, List.of()));
    }

    @Override
    public List<Goal> goals(Measurements m) {
        return List.of();
    }

    @Override
    public Map<String, Double> spreads(Measurements m) {
        return Map.of();
    }

    @Override
    public void write(Measurements m, Page page) {
        page.heading("Kernels");
        page.paragraph(
                "Single kernels and steps on one thread, measured by JMH on data that stay in the cache, so a share of the bandwidth of "
                        + "memory may be above 100 %. Bytes count each input and output once.");
        List<String[]> rows = new ArrayList<>();
        rows.add(
                new String[] {"kernel", "parameters", "µs", "GFLOP/s", "of the FMA peak", "GB/s", "of reading memory"});
        for (String kernel : m.below(PREFIX)) {
            m.below(PREFIX + "/" + kernel).stream().sorted(KernelsSection::byNumber).forEach(parameters -> {
                String key = PREFIX + "/" + kernel + "/" + parameters;
                rows.add(new String[] {kernel, parameters, Text.number("%.2f", m.median(key + "/nanos") / 1e3),
                    Text.number("%.1f", m.median(key + "/flops") / 1e9), Text.percent(m.median(key + "/share")),
                    Text.number("%.1f", m.median(key + "/bytes") / 1e9),
                    Text.percent(m.median(key + "/bandwidth-share"))});
            });
        }
        if (rows.size() > 1) {
            page.table(2, rows);
        } else {
            page.paragraph("Not measured: not asked for.");
        }
    }

    /** Numbers in the texts by their value. */
    private static int byNumber(String a, String b) {
        return pad(a).compareTo(pad(b));
    }

    private static String pad(String text) {
        StringBuilder padded = new StringBuilder();
        for (String part : text.split("(?<=\\D)(?=\\d)|(?<=\\d)(?=\\D)")) {
            padded.append(Character.isDigit(part.charAt(0)) ? "0".repeat(Math.max(0, 8 - part.length())) + part : part);
        }
        return padded.toString();
    }
}
