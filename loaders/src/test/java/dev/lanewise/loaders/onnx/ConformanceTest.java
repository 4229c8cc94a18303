package dev.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.LoadOptions;
import dev.lanewise.ModelFormat.LoadedModel;
import dev.lanewise.ModelMetadata;
import dev.lanewise.ModelSource;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.loaders.onnx.backendtest.EngineSubject;
import dev.lanewise.loaders.onnx.backendtest.Result;
import dev.lanewise.loaders.onnx.backendtest.Result.Status;
import dev.lanewise.loaders.onnx.backendtest.Subject;
import dev.lanewise.loaders.onnx.backendtest.TestCase;
import dev.lanewise.loaders.onnx.backendtest.TestSuite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * The backend cases of the ONNX project, through the reference evaluation of each operator and through compiled models with
 * and without rewriting of the graph. They are read from
 * {@code conformance/onnx-backend-tests.zip} in the folder that the property {@code lanewise.shared} names;
 * {@code -Dlanewise.cases=REGEX} runs only the cases whose name matches.
 */
@Tag("width")
class ConformanceTest {
    /** Runs the graph as it was imported, node by node. */
    private static final Subject REFERENCE = model -> {
        LoadedModel loaded = new OnnxFormat().read(model, LoadOptions.defaults());
        return new Evaluated(loaded.graph(), loaded.metadata());
    };

    private record Evaluated(Graph graph, ModelMetadata metadata) implements Subject.Loaded {
        @Override
        public Tensor[] run(Tensor[] inputs) {
            return graph.evaluate(inputs);
        }
    }

    /** Cases that passed once and must not turn into skipped ones. */
    private static final Map<String, Integer> AT_LEAST = Map.of("node", 1774, "simple", 21, "pytorch-converted", 82,
            "pytorch-operator", 35);
    private static final SessionOptions COLD = SessionOptions.defaults().withWarmUp(SessionOptions.WarmUp.NONE);

    @TestFactory
    Stream<DynamicTest> suites() {
        Map<String, Subject> subjects = new LinkedHashMap<>();
        subjects.put("reference", REFERENCE);
        subjects.put("compiled", new EngineSubject(LoadOptions.defaults(), COLD));
        subjects.put("compiled as written", new EngineSubject(LoadOptions.defaults().withOptimise(false), COLD));
        return subjects.entrySet().stream()
                .flatMap(s -> AT_LEAST.keySet().stream().sorted()
                        .map(suite -> DynamicTest.dynamicTest(suite + " " + s.getKey(),
                                () -> run(suite, s.getKey(), s.getValue()))));
    }

    /** The zip with the cases; the test that asks is skipped where it is not there. */
    static Path zip() {
        String shared = System.getProperty("lanewise.shared", System.getenv("LANEWISE_SHARED"));
        assumeTrue(shared != null, "the property lanewise.shared names no folder");
        Path zip = Path.of(shared, "conformance", "onnx-backend-tests.zip");
        assumeTrue(Files.exists(zip), zip + " is not there");
        return zip;
    }

    private static void run(String suite, String how, Subject subject) throws Exception {
        String wanted = System.getProperty("lanewise.cases", ".*");
        StringBuilder failures = new StringBuilder();
        Map<String, Integer> unsupported = new TreeMap<>();
        int[] counts = new int[Status.values().length];
        try (TestSuite cases = TestSuite.open(zip())) {
            for (TestCase test : cases.cases()) {
                if (!test.suite().equals(suite) || !test.name().matches(wanted)) {
                    continue;
                }
                Result result = test.run(subject);
                counts[result.status().ordinal()]++;
                result.unsupported().forEach(u -> unsupported.merge(u.replaceFirst("-\\d+", ""), 1, Integer::sum));
                if (result.status() == Status.FAILED) {
                    failures.append('\n').append(test.name()).append(": ").append(result.detail());
                    if (result.cause() != null && result.cause().getStackTrace().length > 0) {
                        failures.append(" at ").append(result.cause().getStackTrace()[0]);
                    }
                }
            }
        }
        System.out.printf("%s, %s: %d passed, %d failed, %d skipped for want of %s%n", suite, how,
                counts[Status.PASSED.ordinal()],
                counts[Status.FAILED.ordinal()], counts[Status.SKIPPED.ordinal()], unsupported);
        assertTrue(failures.isEmpty(), () -> "failed:" + failures);
        int passed = counts[Status.PASSED.ordinal()];
        assertTrue(passed >= AT_LEAST.get(suite) || !wanted.equals(".*"),
                passed + " cases of " + suite + " pass, too few");
    }
}
