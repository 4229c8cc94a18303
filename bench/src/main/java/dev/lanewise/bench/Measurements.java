package dev.lanewise.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;

/**
 * All that was measured: for each key the values of each round, and facts in words. A key is a path such as
 * {@code models/all-minilm-l6-v2/1x128/1/onnxruntime-1.29.0/lanewise}. A headline number is the median over the rounds of each round's median.
 */
public final class Measurements {
    /** Last parts of the keys of a pair that was measured in one process. */
    public static final String OURS = "lanewise";
    public static final String PEER = "peer";

    private final SortedMap<String, SortedMap<Integer, List<Double>>> values = new TreeMap<>();
    private final SortedMap<String, String> facts = new TreeMap<>();

    /** Adds one value of a round; rounds count from 1. */
    public synchronized void add(int round, String key, double value) {
        values.computeIfAbsent(key, k -> new TreeMap<>()).computeIfAbsent(round, r -> new ArrayList<>()).add(value);
    }

    public synchronized void note(String key, String text) {
        facts.put(key, text);
    }

    synchronized void forget(String key) {
        facts.remove(key);
    }

    /** A fact in words, or {@code otherwise}. */
    public synchronized String fact(String key, String otherwise) {
        return facts.getOrDefault(key, otherwise);
    }

    /** The facts whose key begins with {@code prefix}, by the rest of the key. */
    public synchronized SortedMap<String, String> facts(String prefix) {
        SortedMap<String, String> found = new TreeMap<>();
        facts.forEach((key, text) -> {
            if (key.startsWith(prefix)) {
                found.put(key.substring(prefix.length()), text);
            }
        });
        return found;
    }

    public synchronized boolean has(String key) {
        return values.containsKey(key);
    }

    /** Median of each round that has values, by round. */
    public synchronized SortedMap<Integer, Double> rounds(String key) {
        SortedMap<Integer, Double> medians = new TreeMap<>();
        values.getOrDefault(key, new TreeMap<>()).forEach((round, v) -> medians.put(round, median(v)));
        return medians;
    }

    /** Every value of every round. */
    public synchronized double[] all(String key) {
        return values.getOrDefault(key, new TreeMap<>()).values().stream().flatMap(List::stream)
                .mapToDouble(Double::doubleValue).toArray();
    }

    /** The headline number; NaN where nothing was measured. */
    public double median(String key) {
        return median(rounds(key).values());
    }

    /** How far the rounds are apart. */
    public double spread(String key) {
        return Statistics.spread(rounds(key).values().stream().mapToDouble(Double::doubleValue).toArray());
    }

    /**
     * What was measured beside several peers, each in a process of its own: the median over the rounds of what {@code of} makes
     * of the pair below the peer that was fastest in that round.
     *
     * @param prefix key above the peers; below each are {@code lanewise} and {@code peer}
     */
    public double besideFastest(String prefix, List<String> peers, DoubleBinaryOperator of) {
        return median(roundsBesideFastest(prefix, peers, of));
    }

    /** The same for each round. */
    public List<Double> roundsBesideFastest(String prefix, List<String> peers, DoubleBinaryOperator of) {
        SortedMap<Integer, double[]> fastest = new TreeMap<>();
        for (String peer : peers) {
            SortedMap<Integer, Double> ours = rounds(prefix + "/" + peer + "/" + OURS);
            rounds(prefix + "/" + peer + "/" + PEER).forEach((round, theirs) -> {
                double[] known = fastest.get(round);
                if (ours.containsKey(round) && (known == null || theirs < known[1])) {
                    fastest.put(round, new double[] {ours.get(round), theirs});
                }
            });
        }
        return fastest.values().stream().map(p -> of.applyAsDouble(p[0], p[1])).toList();
    }

    /** Last parts of the keys right below {@code prefix}, sorted. */
    public synchronized Set<String> below(String prefix) {
        Set<String> names = new TreeSet<>();
        for (String key : values.keySet()) {
            if (key.startsWith(prefix + "/")) {
                names.add(key.substring(prefix.length() + 1).split("/", 2)[0]);
            }
        }
        return names;
    }

    private static double median(Iterable<Double> values) {
        List<Double> list = new ArrayList<>();
        values.forEach(list::add);
        return Statistics.median(list.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** Writes all of it as lines of fields with tabs between. */
    public synchronized void save(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        facts.forEach((key, text) -> lines.add("fact\t" + key + "\t" + text.replaceAll("[\t\r\n]+", " ")));
        values.forEach((key, rounds) -> rounds.forEach((round, list) -> list
                .forEach(v -> lines.add("value\t" + round + "\t" + key + "\t" + v))));
        Files.write(file, lines);
    }

    /** Reads what {@link #save} wrote. */
    public static Measurements load(Path file) throws IOException {
        Measurements m = new Measurements();
        List<String> lines = Files.readAllLines(file);
        IntStream.range(0, lines.size()).forEach(i -> {
            String[] fields = lines.get(i).split("\t", -1);
            if (fields.length == 3 && fields[0].equals("fact")) {
                m.note(fields[1], fields[2]);
            } else if (fields.length == 4 && fields[0].equals("value")) {
                m.add(Integer.parseInt(fields[1]), fields[2], Double.parseDouble(fields[3]));
            } else {
                throw new IllegalArgumentException(file + ", line " + (i + 1) + ": not a measurement");
            }
        });
        return m;
    }
}
