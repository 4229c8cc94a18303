package dev.lanewise.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.bench.engine.Engines;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReportTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return new CommandLine(new Report()).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    @Test
    void listsWhatItWouldMeasure() {
        assertEquals(0, run("--list", "--only", "models,gemm", "--filter", "1 thread, |products, 2"));
        assertTrue(out.toString().contains("all-minilm-l6-v2, 1 thread, ONNX Runtime 1.29.0"), out.toString());
        assertTrue(out.toString().contains("matrix products, 2 threads"), out.toString());
        assertTrue(out.toString().lines().noneMatch(l -> l.contains("bge-small-en-v1.5, 2 threads")), out.toString());
    }

    @Test
    void anUnknownSectionIsWrongUsage() {
        assertEquals(2, run("--only", "model"));
        assertTrue(err.toString().contains("models, gemm, cold, memory, kernels, budget, adaptive, norm"),
                err.toString());
    }

    @Test
    void writesAPageFromMeasurements(@TempDir Path folder) throws Exception {
        Measurements m = new Measurements();
        for (int tokens : new int[] {8, 128}) {
            for (String peer : Engines.ONNX_RUNTIMES) {
                String key = "models/all-minilm-l6-v2/1x" + tokens + "/1/" + peer + "/";
                m.add(1, key + "lanewise", 0.9 * tokens);
                m.add(1, key + "peer", tokens);
            }
        }
        for (String value : new String[] {"peak", "bandwidth", "16/384x1536/hot/flops"}) {
            m.add(1, "gemm/1/" + value, 1e11);
        }
        m.add(1, "gemm/1/16/384x1536/hot/intensity", 8);
        m.add(1, "gemm/1/16/384x1536/hot/share", 1);
        for (String value : new String[] {"layer", "unified", "layer-steps", "unified-steps"}) {
            m.add(1, "norm/MiniLM/1x16/1/" + value, value.equals("unified-steps") ? 1 : 13);
        }
        m.note("failed/a job", "exit code 1: why");
        m.save(folder.resolve("m.tsv"));
        assertEquals(0, run("--from", folder.resolve("m.tsv").toString(), "--output", folder.toString()),
                err.toString());
        Path page = Path.of(out.toString().strip());
        String text = Files.readString(page);
        assertTrue(text.contains("| 1x8      |     7.20 |"), text);
        assertTrue(
                text.lines().anyMatch(l -> l.matches("\\| MiniLM, 1x16, 1 thread .*\\| +13 \\|.*\\| +1 \\|.*missed.*")),
                text);
        assertTrue(text.contains("**Failed:** a job: `exit code 1: why`"), text);
        assertTrue(text.contains("Not measured"), text);
        for (String chart : new String[] {"latency-all-minilm-l6-v2-1.png", "roofline-1.png"}) {
            assertTrue(text.contains(chart), text);
            assertTrue(Files.size(Path.of(page.toString().replace(".md", "")).resolve(chart)) > 10_000);
        }
    }
}
