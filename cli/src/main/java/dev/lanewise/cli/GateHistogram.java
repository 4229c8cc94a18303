package dev.lanewise.cli;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Outputs;
import dev.lanewise.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How many learners the gates of a run's adaptive computation modules chose.
 *
 * @param counts for each module the number of tokens with 0, 1, … learners
 */
record GateHistogram(int[][] counts) {
    private static final String OUTPUT = "learners";

    static GateHistogram of(Outputs outputs) {
        if (!outputs.names().contains(OUTPUT)) {
            throw new InvalidInputException("--gate-histogram", "a model whose gates choose, with an output learners",
                    "outputs " + outputs.names(), "leave the option out, or --fixed-k");
        }
        Tensor learners = outputs.get(OUTPUT);
        int[] chosen = learners.ints();
        int modules = learners.dim(0);
        int tokens = chosen.length / modules;
        int[][] counts = new int[modules][Arrays.stream(chosen).max().orElse(0) + 1];
        for (int i = 0; i < chosen.length; i++) {
            counts[i / tokens][chosen[i]]++;
        }
        return new GateHistogram(counts);
    }

    private static double mean(int[] of) {
        double sum = 0;
        for (int k = 0; k < of.length; k++) {
            sum += (double) k * of[k];
        }
        return sum / Arrays.stream(of).sum();
    }

    Table table() {
        Table table = new Table("r".repeat(counts[0].length + 2));
        List<Object> head = new ArrayList<>(List.of("module"));
        for (int k = 0; k < counts[0].length; k++) {
            head.add(k);
        }
        head.add("mean");
        table.row(head.toArray());
        for (int m = 0; m < counts.length; m++) {
            List<Object> row = new ArrayList<>(List.of(m));
            for (int count : counts[m]) {
                row.add(count);
            }
            row.add(String.format(Locale.ROOT, "%.2f", mean(counts[m])));
            table.row(row.toArray());
        }
        return table;
    }

    List<Map<String, Object>> document() {
        return Arrays.stream(counts).map(c -> {
            Map<String, Object> module = new LinkedHashMap<>();
            module.put("tokens", c);
            module.put("mean", mean(c));
            return module;
        }).toList();
    }
}
