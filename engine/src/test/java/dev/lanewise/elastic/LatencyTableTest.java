package dev.lanewise.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.InvalidInputException;
import dev.lanewise.LatencyTableException;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Measuring, choosing by latency, and the file of the measurements. */
class LatencyTableTest {
    private static final Calibration QUICK = new Calibration(3, Duration.ZERO);
    private static final LoadOptions OPTIONS = LoadOptions.defaults().withGranularities(0.25, 0.5, 1);

    @TempDir
    private Path folder;

    private static Model model(int size) {
        GraphBuilder b = new GraphBuilder();
        Value x = b.floats("x", "n", size);
        for (int i = 0; i < 2; i++) {
            x = b.matMul(b.unary(Unary.Function.RELU, b.matMul(x, b.weights(size, 64))), b.weights(64, size));
        }
        return GraphBuilder.model(b.to(x), OPTIONS);
    }

    private static Map<String, Tensor> inputs(int n, int size) {
        return Map.of("x", Tensor.of(new float[n * size], n, size));
    }

    /** A clock that runs by what submodels cost, with a slow run now and then. */
    private static final class Machine {
        final Elastic elastic;
        final Random random = new Random(4);
        final List<Submodel> ran = new ArrayList<>();
        long now = 17;

        Machine(Elastic elastic) {
            this.elastic = elastic;
        }

        void run(Submodel s) {
            ran.add(s);
            double slower = random.nextInt(40) == 0 ? 1.3 : 1 + 0.02 * random.nextDouble();
            now += (long) (1_000_000 * elastic.compute(s) * slower);
        }

        LatencyTable table(Calibration how, InputSizes... sizes) {
            List<LatencyTable.Row> rows = Stream.of(sizes)
                    .flatMap(s -> Calibrator.measure(elastic, s, how, this::run, () -> now).stream()).toList();
            return new LatencyTable(elastic, new Conditions(Map.of()), rows);
        }
    }

    private static InputSizes sizes(int n) {
        return InputSizes.of(inputs(n, 4));
    }

    @Test
    void everyMixIsMeasuredAsOftenAsAskedFor() {
        Elastic elastic = ElasticTest.paper();
        Machine machine = new Machine(elastic);
        LatencyTable table = machine.table(new Calibration(20, Duration.ofMillis(60)), sizes(8));
        assertEquals(elastic.mixes(), table.rows().stream().map(LatencyTable.Row::submodel).toList());
        long first = machine.ran.stream().filter(elastic.full()::equals).count();
        assertTrue(first > 21 && first < 25, "warm-up of 60 ms is " + (first - 20) + " rounds");
        for (LatencyTable.Row row : table.rows()) {
            double expected = 1_000_000 * elastic.compute(row.submodel());
            assertEquals(1.01 * expected, row.median().toNanos(), 0.01 * expected);
            assertEquals(1.3 * expected, row.high().toNanos(), 0.03 * expected);
            assertTrue(row.bound().toNanos() > 1.04 * row.high().toNanos());
        }
    }

    @Test
    void theLargestSubmodelWithinTheBudgetIsChosen() {
        Elastic elastic = ElasticTest.paper();
        LatencyTable table = new Machine(elastic).table(new Calibration(20, Duration.ZERO), sizes(8));
        for (int micros = 200; micros < 1600; micros += 50) {
            Submodel chosen = table.choose(Budget.latency(Duration.ofNanos(micros * 1000L)), sizes(8));
            for (LatencyTable.Row row : table.rows()) {
                boolean fits = row.bound().toNanos() <= micros * 1000L;
                assertTrue(!row.submodel().equals(chosen) || fits);
                assertTrue(!fits || elastic.compute(row.submodel()) <= elastic.compute(chosen));
            }
        }
        assertEquals(elastic.full(), table.choose(Budget.latency(Duration.ofSeconds(1)), sizes(8)));
        assertEquals(elastic.choose(Budget.compute(0.6)), table.choose(Budget.compute(0.6), sizes(8)));
        assertEquals(elastic.named("M"),
                table.choose(Budget.parameters(elastic.parameters(elastic.named("M"))), sizes(8)));
        InvalidInputException e = assertThrows(InvalidInputException.class,
                () -> table.choose(Budget.latency(Duration.ofNanos(1000)), sizes(8)));
        assertEquals("budget", e.name());
        assertThrows(InvalidInputException.class, () -> elastic.choose(Budget.latency(Duration.ofSeconds(1))));
        assertThrows(InvalidInputException.class, () -> Budget.latency(Duration.ZERO));
    }

    @Test
    void aRequestCountsAsTheNextLargerOneThatWasMeasured() {
        LatencyTable table =
                new Machine(ElasticTest.paper()).table(new Calibration(1, Duration.ZERO), sizes(64), sizes(8),
                        sizes(16));
        assertEquals(sizes(8), table.rows(sizes(1)).getFirst().sizes());
        assertEquals(sizes(16), table.rows(sizes(9)).getFirst().sizes());
        assertEquals(49, table.rows(sizes(64)).size());
        assertThrows(InvalidInputException.class, () -> table.rows(sizes(65)));
        assertThrows(InvalidInputException.class, () -> table.rows(InputSizes.of(Map.of("y", Tensor.scalar(1)))));
        assertThrows(InvalidInputException.class, () -> table.rows(InputSizes.of(Map.of("x", Tensor.scalar(1)))));
    }

    @Test
    void measuredHereAndReadAgain() throws Exception {
        Path file = folder.resolve("model.latency");
        try (Model model = model(8); Session s = model.newSession(Agreement.COLD)) {
            LatencyTable table = model.elastic().calibrate(s, List.of(inputs(2, 8), inputs(5, 8)), QUICK);
            table.save(file);
            LatencyTable read = LatencyTable.load(file, s);
            assertEquals(table.rows(), read.rows());
            assertEquals(table.conditions(), read.conditions());
            assertEquals(2 * model.elastic().mixes().size(), read.rows().size());
            assertEquals("M", read.rows().getFirst().submodel().name());
            assertEquals(model.elastic().full(),
                    read.choose(Budget.latency(Duration.ofMinutes(10)), inputs(3, 8)));
            String before = Files.readString(file);
            LatencyTable again =
                    model.elastic().calibrate(s, List.of(inputs(4, 8)), QUICK, file);
            assertEquals(table.rows(), again.rows());
            assertEquals(before, Files.readString(file));
            model.elastic().calibrate(s, List.of(inputs(40, 8)), QUICK, file);
            assertNotEquals(before, Files.readString(file), "sizes that it does not have are measured");
            assertEquals(1, Files.list(folder).count(), "nothing is left beside the file");
        }
    }

    /** Each condition alone makes a table stale. */
    @ParameterizedTest
    @ValueSource(strings = {"cpu", "processors", "kernels", "jdk", "lanewise", "model", "threads"})
    void aStaleTableIsRefused(String condition) throws Exception {
        Path file = folder.resolve("model.latency");
        try (Model model = model(8); Session s = model.newSession(Agreement.COLD)) {
            model.elastic().calibrate(s, List.of(inputs(2, 8)), QUICK).save(file);
            String fresh = Files.readString(file);
            Files.writeString(file, fresh.replaceFirst("\n" + condition + "\t[^\n]*", "\n" + condition + "\tother"));
            LatencyTableException e = assertThrows(LatencyTableException.class, () -> LatencyTable.load(file, s));
            assertEquals(condition, e.what());
            assertEquals("other", e.found());
            assertTrue(e.getMessage().contains("calibrate") && e.getMessage().contains(file.toString()),
                    e.getMessage());
            Files.writeString(file, fresh.replaceFirst("\n" + condition + "\t[^\n]*", ""));
            assertEquals(condition, assertThrows(LatencyTableException.class, () -> LatencyTable.load(file, s)).what());
            model.elastic().calibrate(s, List.of(inputs(2, 8)), QUICK, file);
            LatencyTable.load(file, s);
        }
    }

    @Test
    void tablesOfOtherModelsAndThreadsAreStale() {
        Path file = folder.resolve("model.latency");
        try (Model model = model(8); Session s = model.newSession(Agreement.COLD); Model other = model(12);
                Session t = other.newSession(Agreement.COLD);
                Session two = model.newSession(Agreement.COLD.withThreads(2))) {
            assertNotEquals(model.fingerprint(), other.fingerprint());
            try (Model same = model(8)) {
                assertEquals(same.fingerprint(), model.fingerprint());
            }
            model.elastic().calibrate(s, List.of(inputs(2, 8)), QUICK).save(file);
            assertEquals("model", assertThrows(LatencyTableException.class, () -> LatencyTable.load(file, t)).what());
            assertEquals("threads",
                    assertThrows(LatencyTableException.class, () -> LatencyTable.load(file, two)).what());
            assertThrows(InvalidInputException.class,
                    () -> model.elastic().calibrate(t, List.of(inputs(2, 12)), QUICK));
            assertThrows(InvalidInputException.class, () -> model.elastic().calibrate(s, List.of(), QUICK));
            assertThrows(UncheckedIOException.class, () -> LatencyTable.load(folder.resolve("none"), s));
        }
        assertThrows(InvalidInputException.class, () -> QUICK.withRounds(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"row", "row\tx=2x8\t16,16\t5", "row\tx=2x8\t16\t5\t6", "row\tx=2x8\t16,65\t5\t6",
        "row\tx=2x8\t16,16\t0\t6", "row\tx=2x8\t16,16\t7\t6", "row\tx=2x8\t16,16\t5\t99999999999999999999",
        "row\tx=2xq\t16,16\t5\t6", "row\tx\t16,16\t5\t6", "row\t%zz=2\t16,16\t5\t6", "row\tx=2x8\t,\t5\t6", "cpu",
        "colour\tred", "", "\u0000"})
    void aDamagedTableIsRefused(String line) throws Exception {
        Path file = folder.resolve("model.latency");
        try (Model model = model(8); Session s = model.newSession(Agreement.COLD)) {
            model.elastic().calibrate(s, List.of(inputs(2, 8)), QUICK).save(file);
            List<String> lines = new ArrayList<>(Files.readAllLines(file));
            lines.add(9, line);
            Files.write(file, lines);
            LatencyTableException e = assertThrows(LatencyTableException.class, () -> LatencyTable.load(file, s));
            assertEquals("line 10", e.what());
            assertEquals(file.toString(), e.source());
            assertFalse(e.getMessage().contains("\u0000"));
        }
    }

    @Test
    void whatIsNoTableIsRefused() throws Exception {
        Path file = folder.resolve("model.latency");
        try (Model model = model(8); Session s = model.newSession(Agreement.COLD)) {
            for (byte[] bytes : new byte[][] {{}, {(byte) 0xff, (byte) 0xfe}, "lanewise-latency-table\t2\n".getBytes(),
                "lanewise-latency-table\t1\n".getBytes(), new byte[9 << 20]}) {
                Files.write(file, bytes);
                assertThrows(LatencyTableException.class, () -> LatencyTable.load(file, s));
            }
        }
    }
}
