package dev.lanewise.loaders.onnx;

import dev.lanewise.Limits;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Single tensors in files ({@code .pb}), as the ONNX backend tests keep inputs and outputs. */
public final class TensorFile {
    private TensorFile() {
    }

    /**
     * Reads a tensor.
     *
     * @throws ModelFormatException where the file is no valid tensor
     * @throws java.io.UncheckedIOException where reading fails
     */
    public static Tensor read(ModelSource source) {
        Limits limits = Limits.defaults();
        try (ModelBytes bytes = ModelBytes.open(source)) {
            TensorProto proto = new TensorProto(WireReader.read(bytes, WireSchema.TENSOR, limits));
            Budget budget = new Budget(bytes.size() + limits.extraBytes());
            Tensor tensor = new TensorReader(limits, budget, new ExternalData(null, null, budget)).read(proto,
                    "tensor '" + ModelFormatException.printable(proto.name()) + "'");
            if (tensor.deferred() != null) {
                tensor.deferred().settle();
            }
            return tensor;
        } catch (ModelFormatException e) {
            throw e.in(source.name());
        } catch (UnsupportedModelException e) {
            throw new UnsupportedModelException(source.name(), e.features());
        }
    }

    /** Writes a tensor under a name; the elements go to the raw data field, strings to their own. */
    public static void write(Path file, String name, Tensor tensor) throws IOException {
        Files.write(file, TensorWriter.bytes(name, tensor));
    }
}
