package dev.lanewise.bench.similarity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Definitions of WordNet's words, examples left out, each once and in an order that is mixed but always the same. */
public final class Glosses {
    private static final List<String> FILES = List.of("data.adj", "data.adv", "data.noun", "data.verb");
    private static final int SHORTEST = 20;

    private Glosses() {
    }

    /** @param folder with WordNet's data files; Debian's package wordnet-base has them in /usr/share/wordnet */
    public static List<String> read(Path folder) throws IOException {
        Set<String> found = new LinkedHashSet<>();
        for (String file : FILES) {
            for (String line : Files.readAllLines(folder.resolve(file), StandardCharsets.ISO_8859_1)) {
                int at = line.startsWith("  ") ? -1 : line.indexOf("| ");
                String gloss = at < 0 ? "" : line.substring(at + 2).replaceAll("; \".*", "").strip();
                if (gloss.length() >= SHORTEST) {
                    found.add(gloss);
                }
            }
        }
        List<String> mixed = new ArrayList<>(found);
        Collections.shuffle(mixed, new Random(2603));
        return mixed;
    }
}
