package dev.lanewise.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasurementsTest {
    private static final List<String> PEERS = List.of("one", "two");

    @Test
    void headlineIsTheMedianOfTheRoundsMedians() {
        Measurements m = new Measurements();
        for (double v : new double[] {1, 2, 30}) {
            m.add(1, "k", v);
        }
        m.add(2, "k", 5);
        m.add(3, "k", 4);
        assertEquals(4, m.median("k"));
        assertEquals(3.0 / 4, m.spread("k"));
        assertEquals(Double.NaN, m.median("other"));
    }

    @Test
    void eachRoundComparesWithItsOwnFastestPeerInThatPeersProcess() {
        Measurements m = new Measurements();
        pair(m, 1, "one", 8, 10);
        pair(m, 1, "two", 6, 5); // the fastest of round 1: 6 / 5
        pair(m, 2, "one", 8, 4); // the fastest of round 2: 8 / 4
        pair(m, 2, "two", 1, 9);
        pair(m, 3, "one", 3, 3); // 1, the only one
        assertEquals(List.of(1.2, 2.0, 1.0), m.roundsBesideFastest("p", PEERS, (ours, theirs) -> ours / theirs));
        assertEquals(1.2, m.besideFastest("p", PEERS, (ours, theirs) -> ours / theirs));
    }

    private static void pair(Measurements m, int round, String peer, double ours, double theirs) {
        m.add(round, "p/" + peer + "/lanewise", ours);
        m.add(round, "p/" + peer + "/peer", theirs);
    }

    @Test
    void savedAndLoadedIsTheSame(@TempDir Path folder) throws Exception {
        Measurements m = new Measurements();
        pair(m, 1, "one", 1.25, 1e-9);
        pair(m, 2, "one", 2, 3);
        m.note("machine/cpu", "a\tname\nof two lines");
        m.save(folder.resolve("m.tsv"));
        Measurements again = Measurements.load(folder.resolve("m.tsv"));
        assertEquals(m.rounds("p/one/lanewise"), again.rounds("p/one/lanewise"));
        assertEquals(m.rounds("p/one/peer"), again.rounds("p/one/peer"));
        assertEquals("a name of two lines", again.fact("machine/cpu", ""));
        assertEquals(Set.of("one"), again.below("p"));
        again.save(folder.resolve("again.tsv"));
        assertEquals(Files.readString(folder.resolve("m.tsv")), Files.readString(folder.resolve("again.tsv")));
    }

    @Test
    void aDamagedFileIsNamedWithItsLine(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("m.tsv"), "fact\ta\tb\nvalue\tc\n");
        String message = assertThrows(IllegalArgumentException.class, () -> Measurements.load(file)).getMessage();
        assertEquals(file + ", line 2: not a measurement", message);
    }
}
