package dev.lanewise.bench.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Without its annotation processor JMH finds no benchmarks, and nothing says why. */
class BenchmarkListTest {
    @Test
    void hasEveryBenchmark() throws Exception {
        try (InputStream in = KernelBenchmark.class.getResourceAsStream("/META-INF/BenchmarkList")) {
            assertNotNull(in, "META-INF/BenchmarkList");
            String list = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Set<String> found = Pattern.compile("dev\\.lanewise\\.bench\\.kernel\\.(\\w+)(?= )").matcher(list).results()
                    .map(r -> r.group(1)).collect(Collectors.toSet());
            assertEquals(Set.of("Attention", "EmbeddingGather", "Gelu", "Gemm", "LayerNorm", "Quantize", "Softmax"),
                    found);
        }
    }
}
