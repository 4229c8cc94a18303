package dev.lanewise.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lanewise.KernelMode;
import dev.lanewise.LanewiseException;
import dev.lanewise.Limits;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelSource;
import dev.lanewise.RunOptions;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** ONNX files: read, compiled, and run where the inputs are small. */
class OnnxFuzz {
    private static final LoadOptions OPTIONS = LoadOptions.defaults().withKernels(KernelMode.SCALAR)
            .withLimits(Limits.defaults().withActivationBytes(32 << 20));
    private static final RunOptions RUN = RunOptions.defaults().withTimeout(Duration.ofSeconds(2));

    static Stream<byte[]> seeds() throws IOException {
        return Seeds.onnx();
    }

    /** Null for a file that is refused. */
    private static Model load(byte[] bytes) {
        try {
            return Model.load(ModelSource.of("fuzz.onnx", bytes), OPTIONS);
        } catch (UnsupportedModelException expected) {
            return null;
        } catch (ModelFormatException e) {
            if (e.expected().equals("a graph that can be compiled")) {
                throw e; // typed, but a fault of the compiler's
            }
            return null;
        }
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "40m")
    void model(byte[] bytes) {
        Model loaded = Allowance.keep(bytes.length, () -> load(bytes));
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
