package dev.lanewise.models.checkpoint;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.loaders.json.JsonReader;
import dev.lanewise.loaders.json.JsonText;
import dev.lanewise.loaders.safetensors.Safetensors;
import dev.lanewise.loaders.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a checkpoint's folder again with other neurons in its feed-forward blocks; all else stays as it is. */
public final class CheckpointRewriter {
    private CheckpointRewriter() {
    }

    /**
     * Writes a folder that {@code Model.load} takes. A changed tensor keeps its type where that holds each of its elements exactly,
     * as it does where neurons were moved or left out alone; else it is FLOAT.
     *
     * @param from folder that was read
     * @param to another folder, made where there is none
     * @param constants what has changed, by the names and in the layout of the graph's constants: matrices {@code [inputs, outputs]}
     * @param widths neurons of each layer's block
     * @param nested widths that the widest block is elastic in, rising; empty for a model of one width
     */
    public static void rewrite(Path from, Path to, Map<String, Tensor> constants, List<Integer> widths,
            List<Integer> nested) throws IOException {
        Files.createDirectories(to);
        if (Files.isSameFile(from, to)) {
            throw new InvalidInputException("output", "another folder than the model's", to.toString(), "name another");
        }
        Safetensors stored = Safetensors.read(ModelSource.of(from));
        Map<String, Tensor> tensors = new LinkedHashMap<>(stored.tensors());
        constants.forEach((name, changed) -> {
            tensors.put(name, laidOut(changed, stored.get(name)));
        });
        SafetensorsWriter.write(to.resolve(CheckpointFormat.WEIGHTS), tensors, stored.metadata());
        Files.writeString(to.resolve(CheckpointFormat.CONFIG),
                JsonText.of(config(from.resolve(CheckpointFormat.CONFIG), widths, nested)) + "\n");
    }

    /**
     * Writes a folder that {@code Model.load} takes, with some of its matrices encoded.
     *
     * @param from folder that was read
     * @param to another folder, made where there is none
     * @param weights encoded matrices, by the names and in the layout of the graph's constants
     * @param changed other constants that are not as they were, likewise
     */
    public static void quantize(Path from, Path to, Map<String, EncodedMatrix> weights, Map<String, Tensor> changed)
            throws IOException {
        Files.createDirectories(to);
        if (Files.isSameFile(from, to)) {
            throw new InvalidInputException("output", "another folder than the model's", to.toString(), "name another");
        }
        Safetensors stored = Safetensors.read(ModelSource.of(from));
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>(stored.metadata());
        stored.tensors().forEach((name, tensor) -> {
            EncodedMatrix m = weights.get(name);
            if (m == null) {
                tensors.put(name, changed.containsKey(name) ? laidOut(changed.get(name), tensor) : tensor);
            } else {
                boolean asStored = tensor.dim(0) == m.rows() && (m.axis() == 1 || tensor.dim(0) != tensor.dim(1));
                EncodedTensors.put(name, asStored ? m : m.transposed(), tensors, metadata);
            }
        });
        SafetensorsWriter.write(to.resolve(CheckpointFormat.WEIGHTS), tensors, metadata);
        Files.copy(from.resolve(CheckpointFormat.CONFIG), to.resolve(CheckpointFormat.CONFIG),
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** As the file has it. */
    private static Tensor laidOut(Tensor changed, Tensor stored) {
        return narrowed(changed.rank() == 2 ? transposed(changed) : changed, stored.type());
    }

    private static Map<String, Object> config(Path file, List<Integer> widths, List<Integer> nested)
            throws IOException {
        Map<String, Object> config;
        try (InputStream in = Files.newInputStream(file)) {
            config = new LinkedHashMap<>(JsonReader.read(in, file.toString(), Config.MAX_LENGTH).members());
        }
        config.put("ffn_size", Collections.max(widths));
        config.put("width_per_layer", widths);
        config.keySet().removeAll(List.of("nested_axis", "nested_widths", "mix_order"));
        if (!nested.isEmpty()) {
            config.put("nested_axis", "ffn");
            config.put("nested_widths", nested);
        }
        return config;
    }

    private static Tensor transposed(Tensor t) {
        int rows = t.dim(0);
        int columns = t.dim(1);
        float[] from = t.floats();
        float[] to = new float[from.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                to[c * rows + r] = from[r * columns + c];
            }
        }
        return Tensor.of(to, columns, rows);
    }

    private static Tensor narrowed(Tensor t, DataType type) {
        if (type == DataType.FLOAT) {
            return t;
        }
        boolean half = type == DataType.FLOAT16;
        float[] wide = t.floats();
        short[] narrow = new short[wide.length];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = half ? Float.floatToFloat16(wide[i]) : (short) (Float.floatToRawIntBits(wide[i]) >>> 16);
            float back = half ? Float.float16ToFloat(narrow[i]) : Float.intBitsToFloat(narrow[i] << 16);
            if (back != wide[i]) {
                return t;
            }
        }
        return Tensor.of(type, narrow, t.shape());
    }
}
