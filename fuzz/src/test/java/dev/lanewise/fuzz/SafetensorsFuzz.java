package dev.lanewise.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.loaders.safetensors.Safetensors;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Safetensors files: the header, and the elements of all tensors. */
class SafetensorsFuzz {
    static Stream<byte[]> seeds() {
        return Seeds.safetensors();
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "15m")
    void file(byte[] bytes) {
        Allowance.keep(bytes.length, () -> {
            try {
                Safetensors.read(ModelSource.of("fuzz.safetensors", bytes)).tensors().values().forEach(Tensor::array);
            } catch (ModelFormatException | UnsupportedModelException expected) {
                // the promise
            }
            return null;
        });
    }
}
