package dev.lanewise.cli;

import dev.lanewise.InvalidInputException;
import dev.lanewise.KernelMode;
import dev.lanewise.LanewiseException;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelMetadata;
import dev.lanewise.ModelMetadata.Port;
import dev.lanewise.ModelSource;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.SessionOptions.WarmUp;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.backendtest.Result;
import dev.lanewise.loaders.onnx.backendtest.Result.Status;
import dev.lanewise.loaders.onnx.backendtest.Subject;
import dev.lanewise.loaders.onnx.backendtest.TestCase;
import dev.lanewise.loaders.onnx.backendtest.TestSuite;
import java.io.PrintWriter;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lanewise check}: the operators against test cases of the ONNX project. */
@Command(name = "check", mixinStandardHelpOptions = true, versionProvider = Main.Versions.class, sortOptions = false,
        description = "Runs test cases laid out as the ONNX backend suite: SUITE/CASE/model.onnx with inputs and outputs"
                + " in test_data_set_*/{input,output}_*.pb.")
final class CheckCommand implements Callable<Integer> {
    private static final long TELL_NANOS = 2_000_000_000L;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR|ZIP", description = "Where the cases are.")
    private Path cases;

    @Option(names = "--suite", paramLabel = "NAME", description = "Only this suite, such as node; default: all.")
    private String suite;

    @Option(names = "--filter", paramLabel = "GLOB", defaultValue = "*",
            description = "Only cases whose name matches, such as 'test_add*'.")
    private String filter;

    @Option(names = "--scalar", description = "On scalar kernels.")
    private boolean scalar;

    @Option(names = "--no-optimise", description = "Each node as written, nothing fused.")
    private boolean unoptimised;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        List<Result> results = new ArrayList<>();
        try (TestSuite all = TestSuite.open(cases)) {
            PathMatcher wanted = FileSystems.getDefault().getPathMatcher("glob:" + filter);
            List<TestCase> chosen = all.cases().stream().filter(c -> suite == null || c.suite().equals(suite))
                    .filter(c -> wanted.matches(Path.of(c.name()))).toList();
            if (chosen.isEmpty()) {
                throw new InvalidInputException("cases", "test cases in " + cases,
                        all.cases().isEmpty() ? "none"
                                : "none that the options select among suites "
                                        + all.cases().stream().map(TestCase::suite).distinct().toList(),
                        "check the path, --suite and --filter");
            }
            long told = System.nanoTime();
            for (TestCase test : chosen) {
                results.add(run(test));
                if (System.nanoTime() - told > TELL_NANOS) {
                    told = System.nanoTime();
                    tell(results.size() + " of " + chosen.size() + " cases");
                }
            }
        }
        Map<String, Integer> missing = new TreeMap<>();
        results.forEach(r -> r.unsupported().stream().map(u -> u.replaceFirst("-\\d+$", "")).distinct()
                .forEach(u -> missing.merge(u, 1, Integer::sum)));
        List<Result> failures = results.stream().filter(r -> r.status() == Status.FAILED).toList();
        if (json) {
            Json.print(spec.commandLine().getOut(), document(results, failures, missing));
        } else {
            print(results, failures, missing);
        }
        return failures.isEmpty() ? 0 : Failures.FAILED;
    }

    /** The path of a user: load, open a session, run by names. */
    private Result run(TestCase test) {
        LoadOptions options = LoadOptions.defaults().withOptimise(!unoptimised);
        LoadOptions chosen = scalar ? options.withKernels(KernelMode.SCALAR) : options;
        return test.run(source -> new Loaded(source, chosen));
    }

    private record Loaded(Model model, Session session) implements Subject.Loaded {
        Loaded(ModelSource source, LoadOptions options) {
            this(Model.load(source, options));
        }

        private Loaded(Model model) {
            this(model, model.newSession(SessionOptions.defaults().withWarmUp(WarmUp.NONE)));
        }

        @Override
        public ModelMetadata metadata() {
            return model.metadata();
        }

        @Override
        public Tensor[] run(Tensor[] inputs) {
            List<Port> ports = model.metadata().inputs();
            Map<String, Tensor> named = new LinkedHashMap<>();
            for (int i = 0; i < inputs.length; i++) {
                named.put(ports.get(i).name(), inputs[i]);
            }
            return session.run(named).tensors().toArray(Tensor[]::new);
        }

        @Override
        public void close() {
            session.close();
            model.close();
        }
    }

    private void tell(String text) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(text);
        err.flush();
    }

    private static long count(List<Result> results, Status status) {
        return results.stream().filter(r -> r.status() == status).count();
    }

    private void print(List<Result> results, List<Result> failures, Map<String, Integer> missing) {
        PrintWriter out = spec.commandLine().getOut();
        for (Result r : failures) {
            out.println("FAILED " + r.test().suite() + "/" + r.test().name() + ": " + detail(r)
                    + (r.cause() == null ? ", largest error " + r.largestError() : ""));
        }
        if (!missing.isEmpty()) {
            out.println("skipped for want of");
            Table table = new Table("rl");
            missing.entrySet().stream().sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                    .forEach(e -> table.row(e.getValue(), LanewiseException.printable(e.getKey())));
            out.print(table);
        }
        out.printf("%d passed, %d failed, %d skipped%n", count(results, Status.PASSED), failures.size(),
                count(results, Status.SKIPPED));
        out.flush();
    }

    /** A fault of the program is told with the place where it came up. */
    private static String detail(Result r) {
        return switch (r.cause()) {
            case null -> r.detail();
            case LanewiseException own -> own.getMessage();
            case Throwable fault ->
                    fault + (fault.getStackTrace().length == 0 ? "" : " at " + fault.getStackTrace()[0]);
        };
    }

    private static Map<String, Object> document(List<Result> results, List<Result> failures,
            Map<String, Integer> missing) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("passed", count(results, Status.PASSED));
        document.put("failed", (long) failures.size());
        document.put("skipped", count(results, Status.SKIPPED));
        document.put("failures", failures.stream().map(r -> {
            Map<String, Object> failure = new LinkedHashMap<>();
            failure.put("suite", r.test().suite());
            failure.put("name", r.test().name());
            failure.put("detail", detail(r));
            failure.put("largest_error", r.cause() == null ? r.largestError() : null);
            return failure;
        }).toList());
        document.put("skipped_for", missing);
        return document;
    }
}
