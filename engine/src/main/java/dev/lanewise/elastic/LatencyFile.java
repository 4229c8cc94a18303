package dev.lanewise.elastic;

import dev.lanewise.InvalidInputException;
import dev.lanewise.LatencyTableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The file of a latency table: UTF-8 lines of fields with tabs between. First {@code lanewise-latency-table 1}, then a line for each
 * condition (name, value), then a line for each row: {@code row}, shapes of the inputs ({@code name=1x128,…}, names as in URLs), widths
 * ({@code 384,384,…}), median and high in nanoseconds.
 */
final class LatencyFile {
    private static final String HEAD = "lanewise-latency-table\t1";
    private static final String ROW = "row";
    private static final int ROW_FIELDS = 5;
    private static final int LARGEST = 8 << 20;

    private LatencyFile() {
    }

    static void write(LatencyTable table, Path file) {
        List<String> lines = new ArrayList<>(List.of(HEAD));
        Conditions.NAMES.forEach(name -> lines.add(name + "\t" + table.conditions().facts().get(name)));
        for (LatencyTable.Row r : table.rows()) {
            String sizes = r.sizes().shapes().entrySet().stream()
                    .map(e -> URLEncoder.encode(e.getKey(), StandardCharsets.UTF_8) + "="
                            + InputSizes.text(e.getValue()))
                    .collect(Collectors.joining(","));
            String widths = Arrays.stream(r.submodel().widths()).mapToObj(Integer::toString)
                    .collect(Collectors.joining(","));
            lines.add(String.join("\t", ROW, sizes, widths, Long.toString(r.median().toNanos()),
                    Long.toString(r.high().toNanos())));
        }
        try {
            Path unfinished = Files.createTempFile(file.toAbsolutePath().getParent(), "latency", null);
            try {
                Files.write(unfinished, lines);
                Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static LatencyTable read(Path file, Elastic elastic) {
        List<String> lines = lines(file);
        Map<String, String> facts = new LinkedHashMap<>();
        List<LatencyTable.Row> rows = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            String[] fields = lines.get(i).split("\t", -1);
            if (fields[0].equals(ROW)) {
                rows.add(row(fields, elastic, file, i + 1));
            } else if (fields.length == 2 && Conditions.NAMES.contains(fields[0])) {
                facts.put(fields[0], fields[1]);
            } else {
                throw damaged(file, i + 1, "a condition or a row", lines.get(i));
            }
        }
        if (rows.isEmpty()) {
            throw damaged(file, lines.size(), "rows", "none");
        }
        return new LatencyTable(elastic, new Conditions(facts), rows);
    }

    private static List<String> lines(Path file) {
        try {
            if (Files.size(file) > LARGEST) {
                throw damaged(file, 1, "at most " + LARGEST + " bytes", Files.size(file) + " bytes");
            }
            List<String> lines = Files.readAllLines(file);
            if (lines.isEmpty() || !lines.getFirst().equals(HEAD)) {
                throw damaged(file, 1, HEAD, lines.isEmpty() ? "nothing" : lines.getFirst());
            }
            return lines;
        } catch (CharacterCodingException e) {
            throw damaged(file, 1, "UTF-8", "other bytes");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static LatencyTable.Row row(String[] fields, Elastic elastic, Path file, int line) {
        try {
            if (fields.length == ROW_FIELDS) {
                int[] widths = Arrays.stream(fields[2].split(",")).mapToInt(Integer::parseInt).toArray();
                Submodel submodel = elastic.widths(widths);
                long median = Long.parseLong(fields[3]);
                long high = Long.parseLong(fields[4]);
                if (median > 0 && high >= median && widths.length == submodel.layers()) {
                    return new LatencyTable.Row(sizes(fields[1]),
                            elastic.granularities().stream().filter(submodel::equals).findFirst().orElse(submodel),
                            Duration.ofNanos(median), Duration.ofNanos(high));
                }
            }
        } catch (IllegalArgumentException e) {
            throw damaged(file, line, "a row of numbers", String.join(" ", fields));
        } catch (InvalidInputException e) {
            throw damaged(file, line, "widths " + e.expected(), fields[2]);
        }
        throw damaged(file, line, "sizes, widths, and times that are positive and rise", String.join(" ", fields));
    }

    private static InputSizes sizes(String text) {
        SortedMap<String, List<Integer>> shapes = new TreeMap<>();
        for (String input : text.split(",")) {
            String[] parts = input.split("=", -1);
            if (parts.length != 2) {
                throw new IllegalArgumentException(input);
            }
            shapes.put(URLDecoder.decode(parts[0], StandardCharsets.UTF_8), parts[1].isEmpty() ? List.of()
                    : Arrays.stream(parts[1].split("x", -1)).map(Integer::valueOf).toList());
        }
        return new InputSizes(shapes);
    }

    private static LatencyTableException damaged(Path file, int line, String expected, String found) {
        return new LatencyTableException(file.toString(), "line " + line, expected, found);
    }
}
