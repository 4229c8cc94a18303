package dev.lanewise.cli;

import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelMetadata;
import dev.lanewise.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Samples of a model with one input, in an array whose first axis counts them. */
final class ArraySamples {
    private ArraySamples() {
    }

    static List<Map<String, Tensor>> read(Path file, ModelMetadata metadata, int most) throws IOException {
        if (metadata.inputs().size() != 1) {
            throw new InvalidInputException("calibrate", "a model with one input",
                    metadata.inputs().size() + " inputs", "give lines of text to a text encoder");
        }
        Tensor all = NpyFile.read(file);
        if (all.rank() < 1 || all.size() == 0) {
            throw new InvalidInputException("calibrate", "samples along the first axis", all.toString(),
                    "give an array [samples, ...]");
        }
        int[] shape = all.shape();
        int count = Math.min(most, shape[0]);
        int size = all.size() / shape[0];
        shape[0] = 1;
        return IntStream.range(0, count).mapToObj(i -> {
            Object one = all.type().storage().newArray(size);
            System.arraycopy(all.array(), i * size, one, 0, size);
            return Map.of(metadata.inputs().getFirst().name(), Tensor.of(all.type(), one, shape));
        }).toList();
    }
}
