package dev.lanewise.loaders.safetensors;

import dev.lanewise.Limits;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.loaders.file.ModelFile;
import dev.lanewise.loaders.file.RawData;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Map;

/**
 * A safetensors file: a length of 8 bytes, a JSON header of that length, and the elements of all tensors one after another
 * without gaps. Elements of a file are read when they are asked for, so it has to stay as it is.
 *
 * @param source the file's name
 * @param tensors by name, in the order of the header
 * @param metadata what the file says about itself
 */
public record Safetensors(String source, Map<String, Tensor> tensors, Map<String, String> metadata) {
    static final int LENGTH_BYTES = 8;
    /** The limit of the format's own library. */
    private static final long MAX_HEADER = 100_000_000;

    public static Safetensors read(ModelSource source) {
        return read(source, Limits.defaults());
    }

    /**
     * Reads the header of an untrusted file.
     *
     * @throws ModelFormatException where the file breaks the format's rules or a limit
     * @throws UnsupportedModelException where a tensor has a type that Lanewise does not have
     * @throws UncheckedIOException where reading fails
     */
    public static Safetensors read(ModelSource source, Limits limits) {
        try {
            return switch (source) {
                case ModelSource.File file -> ofFile(file, limits);
                case ModelSource.Memory memory -> ofBytes(memory.name(), memory.bytes(), limits);
                case ModelSource.Stream stream -> {
                    try (InputStream in = stream.opener().open()) {
                        yield ofBytes(stream.name(), in.readAllBytes(), limits);
                    }
                }
            };
        } catch (ModelFormatException e) {
            throw e.in(source.name());
        } catch (UnsupportedModelException e) {
            throw new UnsupportedModelException(source.name(), e.features());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + source.name() + ": " + e.getMessage(), e);
        }
    }

    private static Safetensors ofFile(ModelSource.File source, Limits limits) throws IOException {
        ModelFile file = ModelFile.of(source.path());
        try (FileChannel channel = file.open()) {
            ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            if (file.size() >= LENGTH_BYTES) {
                ModelFile.read(channel, length, 0);
            }
            byte[] header = new byte[headerLength(length.flip(), file.size())];
            ModelFile.read(channel, ByteBuffer.wrap(header), LENGTH_BYTES);
            long first = LENGTH_BYTES + header.length;
            return new Header(source.name(), header, file.size() - first, limits)
                    .read((from, count) -> new RawData.InFile(file, first + from, count));
        }
    }

    private static Safetensors ofBytes(String name, byte[] bytes, Limits limits) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        byte[] header = new byte[headerLength(buffer, bytes.length)];
        buffer.get(header);
        int first = LENGTH_BYTES + header.length;
        return new Header(name, header, bytes.length - first, limits)
                .read((from, count) -> new RawData.InMemory(bytes, (int) (first + from), count));
    }

    private static int headerLength(ByteBuffer start, long size) {
        if (start.remaining() < LENGTH_BYTES) {
            throw new ModelFormatException(null, null, "a header's length of 8 bytes", "a file of " + size + " bytes",
                    "check that the file is complete");
        }
        long length = start.getLong();
        if (length < 0 || length > MAX_HEADER) {
            throw new ModelFormatException(null, null, "a header of at most " + MAX_HEADER + " bytes",
                    Long.toUnsignedString(length) + " bytes", "check that the file is safetensors");
        }
        if (length > size - LENGTH_BYTES) {
            throw new ModelFormatException(null, null, "a header of " + length + " bytes",
                    "a file of " + size + " bytes",
                    "check that the file is complete");
        }
        return (int) length;
    }

    /** The tensor of this name; one that is not there is an error of the file. */
    public Tensor get(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new ModelFormatException(source, "tensor '" + ModelFormatException.printable(name) + "'",
                    "the tensor",
                    "no such name among " + tensors.size(), "check that the file holds the whole model");
        }
        return tensor;
    }
}
