package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Limits;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

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
        return read(source, DataType.FLOAT);
    }

    /**
     * Reads a tensor, or a sequence or optional of them.
     *
     * @param kind SEQUENCE, OPTIONAL, or any type of elements for a tensor, whose own type the file says
     */
    public static Tensor read(ModelSource source, DataType kind) {
        WireSchema schema = switch (kind) {
            case SEQUENCE -> WireSchema.SEQUENCE_VALUE;
            case OPTIONAL -> WireSchema.OPTIONAL_VALUE;
            default -> WireSchema.TENSOR;
        };
        Limits limits = Limits.defaults();
        try (ModelBytes bytes = ModelBytes.open(source)) {
            Message message = WireReader.read(bytes, schema, limits);
            Budget budget = new Budget(bytes.size() + limits.extraBytes());
            return value(message, new TensorReader(limits, budget, new ExternalData(null, null, budget)));
        } catch (ModelFormatException e) {
            throw e.in(source.name());
        } catch (UnsupportedModelException e) {
            throw new UnsupportedModelException(source.name(), e.features());
        }
    }

    private static Tensor value(Message m, TensorReader reader) {
        switch (m.type()) {
            case SEQUENCE_VALUE -> {
                return Tensor.sequence(held(m, reader));
            }
            case OPTIONAL_VALUE -> {
                List<Tensor> held = held(m, reader);
                return Tensor.optional(held.isEmpty() ? null : held.getFirst());
            }
            default -> {
                TensorProto proto = new TensorProto(m);
                Tensor tensor = reader.read(proto, "tensor '" + ModelFormatException.printable(proto.name()) + "'");
                if (tensor.deferred() != null) {
                    tensor.deferred().settle();
                }
                return tensor;
            }
        }
    }

    /** What a sequence or optional holds: tensors in field 3, sequences in 5, optionals in 7. */
    private static List<Tensor> held(Message m, TensorReader reader) {
        if (m.has(4)) {
            throw new UnsupportedModelException(null, List.of("sparse tensor"));
        }
        return Stream.of(3, 5, 7).flatMap(field -> m.messages(field).stream()).map(e -> value(e, reader)).toList();
    }

    /** Writes a tensor under a name; the elements go to the raw data field, strings to their own. */
    public static void write(Path file, String name, Tensor tensor) throws IOException {
        if (!tensor.type().isElement()) {
            throw new InvalidInputException(name, "a tensor", tensor.type().toString(), "write its elements");
        }
        Files.write(file, TensorWriter.bytes(name, tensor));
    }
}
