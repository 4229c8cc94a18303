package dev.lanewise.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lanewise.KernelMode;
import dev.lanewise.LanewiseException;
import dev.lanewise.Limits;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelFormatException;
import dev.lanewise.RunOptions;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.provider.MethodSource;

/** JSON metadata: {@code config.json} beside good weights, whose number is the first byte. Kept in memory where there is such a folder. */
class ConfigFuzz {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final LoadOptions OPTIONS = LoadOptions.defaults().withKernels(KernelMode.SCALAR)
            .withLimits(Limits.defaults().withActivationBytes(32 << 20));
    private static final RunOptions RUN = RunOptions.defaults().withTimeout(Duration.ofSeconds(2));
    private static Path[] folders;
    private static int largest;

    static Stream<byte[]> seeds() throws IOException {
        return Seeds.configs();
    }

    @BeforeEach
    void weights() throws IOException {
        if (folders != null) {
            return;
        }
        Path root = Files.isDirectory(MEMORY) ? Files.createTempDirectory(MEMORY, "lanewise")
                : Files.createTempDirectory("lanewise");
        Path[] made = new Path[Seeds.CHECKPOINTS.size()];
        for (int i = 0; i < made.length; i++) {
            made[i] = Files.createDirectory(root.resolve(Integer.toString(i)));
            byte[] weights = Files.readAllBytes(Seeds.CHECKPOINTS.get(i).resolve("model.safetensors"));
            Files.write(made[i].resolve("model.safetensors"), weights);
            made[i].resolve("model.safetensors").toFile().deleteOnExit();
            largest = Math.max(largest, weights.length);
        }
        folders = made;
    }

    /** Null for a file that is refused. */
    private static Model load(Path folder) {
        try {
            return Model.load(folder, OPTIONS);
        } catch (ModelFormatException | UnsupportedModelException expected) {
            return null;
        }
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "10m")
    void config(byte[] bytes) throws IOException {
        if (bytes.length == 0) {
            return;
        }
        Path folder = folders[(bytes[0] & 0xFF) % folders.length];
        Files.write(folder.resolve("config.json"), Arrays.copyOfRange(bytes, 1, bytes.length));
        Model loaded = Allowance.keep(bytes.length + largest, () -> load(folder));
        if (loaded == null) {
            return;
        }
        try (Model model = loaded; Session session = model.newSession()) {
            Map<String, Tensor> inputs = SmallInputs.of(model.metadata().inputs());
            if (inputs != null) {
                session.run(inputs, RUN);
            }
        } catch (LanewiseException expected) {
            // what the inputs were made of need not fit
        }
    }
}
