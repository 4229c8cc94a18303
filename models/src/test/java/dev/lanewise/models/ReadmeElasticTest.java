package dev.lanewise.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Outputs;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.elastic.Budget;
import dev.lanewise.elastic.Elastic;
import dev.lanewise.elastic.LatencyTable;
import dev.lanewise.elastic.Submodel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of the README's elastic section, word for word, runs. */
class ReadmeElasticTest {
    private static final Path README = Path.of("..", "README.md");
    private static final Path SOURCE =
            Path.of("src", "test", "java", ReadmeElasticTest.class.getName().replace('.', '/') + ".java");

    @TempDir
    private Path folder;

    private record Result(Elastic elastic, LatencyTable table, Submodel small, Outputs quick, Outputs exact) {
    }

    private static Result example(Path file, Map<String, Tensor> inputs, Duration deadline) {
        // @formatter:off
        // README begins
        LoadOptions options = LoadOptions.defaults().withGranularities(0.25, 0.5, 0.75, 1);
        try (Model model = Model.load(file, options); Session session = model.newSession()) {
            Elastic elastic = model.elastic();
            Submodel small = elastic.choose(Budget.compute(0.6));
            Outputs quick = session.run(inputs, small);
            LatencyTable table = elastic.calibrate(session, List.of(inputs));
            Submodel timely = table.choose(Budget.latency(deadline), inputs);
            Outputs exact = session.run(inputs, elastic.full());
            Outputs inTime = session.run(inputs, timely);
            // README ends
            // @formatter:on
            assertTrue(inTime.get(0).size() == quick.get(0).size());
            return new Result(elastic, table, small, quick, exact);
        }
    }

    @Test
    void runs() throws Exception {
        Path file = folder.resolve("model.onnx");
        Files.write(file, MiniLm.bytes("all-minilm-l6-v2"));
        Result r = example(file, MiniLm.full(5, 1, 4), Duration.ofMinutes(1));
        assertTrue(r.elastic.compute(r.small) <= 0.6);
        assertEquals(r.elastic.mixes().size(), r.table.rows().size());
        assertFalse(Arrays.equals(r.quick.get(0).floats(), r.exact.get(0).floats()));
    }

    @Test
    void isTheOneOfTheReadme() throws Exception {
        String section = Files.readString(README).split("\\R## Elastic\\R")[1].split("\\R## ")[0];
        String shown = section.split("```java\\R")[1].split("\\R```")[0].replace("Path.of(\"model.onnx\")", "file");
        List<String> source = Files.readAllLines(SOURCE).stream().map(String::strip).toList();
        List<String> run = source.subList(source.indexOf("// README begins") + 1, source.indexOf("// README ends"));
        List<String> lines = shown.lines().map(String::strip).toList();
        assertEquals(10, lines.size());
        assertEquals(run, lines.subList(0, run.size()));
        assertEquals(List.of("}"), lines.subList(run.size(), lines.size()));
    }
}
