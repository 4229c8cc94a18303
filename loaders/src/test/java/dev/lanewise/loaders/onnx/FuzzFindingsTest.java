package dev.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lanewise.LanewiseException;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelMetadata.Port;
import dev.lanewise.ModelSource;
import dev.lanewise.RunOptions;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.testing.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that a fuzzer has found to break a promise, each under a number; all that they may end in is a result or a typed exception. */
class FuzzFindingsTest {
    private static final Path FOLDER = Path.of("src/test/resources/bad");
    private static final RunOptions SHORT = RunOptions.defaults().withTimeout(Duration.ofSeconds(5));
    /** Of the elements of integer inputs, which may be axes or indices. */
    private static final int[] SEEDS = {0, 1, 2, -1};

    static List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(FOLDER)) {
            return all.sorted().toList();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void endsInAResultOrATypedException(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        for (boolean optimise : new boolean[] {true, false}) {
            LoadOptions options = LoadOptions.defaults().withOptimise(optimise);
            Model[] loaded = new Model[1];
            LanewiseException e = Promise.kept(file.toString(), bytes.length,
                    () -> loaded[0] = Model.load(ModelSource.of(OnnxModels.NAME, bytes), options));
            assertFalse(e instanceof ModelFormatException f && f.expected().equals("a graph that can be compiled"),
                    () -> "a fault of the compiler's: " + e);
            if (e != null) {
                continue;
            }
            try (Model model = loaded[0]; Session session = model.newSession()) {
                for (int seed : SEEDS) {
                    run(session, model, seed);
                }
            }
        }
    }

    private static void run(Session session, Model model, int seed) {
        Map<String, Tensor> inputs = new HashMap<>();
        for (Port port : model.metadata().inputs()) {
            int[] shape = (port.dims() == null ? List.<String>of() : port.dims()).stream()
                    .mapToInt(d -> d.matches("\\d+") ? Integer.parseInt(d) : 2).toArray();
            Object array = port.type().storage().newArray(Tensor.sizeOf(shape));
            switch (array) {
                case long[] longs -> Arrays.fill(longs, seed);
                case int[] ints -> Arrays.fill(ints, seed);
                case float[] floats -> Arrays.fill(floats, seed);
                case String[] strings -> Arrays.fill(strings, "a b");
                default -> {
                }
            }
            inputs.put(port.name(), Tensor.of(port.type(), array, shape));
        }
        try {
            session.run(inputs, SHORT);
        } catch (LanewiseException expected) {
            // what the inputs were made of need not fit
        }
    }
}
