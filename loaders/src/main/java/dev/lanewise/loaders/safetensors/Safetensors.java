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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The tensors of a safetensors file, or of several with an index: a length of 8 bytes, a JSON header of that length, and the
 * elements of all tensors one after another without gaps. Elements of a file are read when they are asked for, by system calls and
 * not by mapping, so that no change of the file can end the process; it has to stay as it is all the same.
 */
public final class Safetensors {
    /** What a folder calls its one file. */
    public static final String FILE = "model.safetensors";
    /** What a folder calls the index of its files, where there are several. */
    public static final String INDEX = FILE + ".index.json";
    static final int LENGTH_BYTES = 8;
    private static final String INDEX_ENDING = ".index.json";

    private final String source;
    private final Map<String, StoredTensor> stored;
    private final Map<String, String> metadata;
    private Map<String, Tensor> tensors;

    Safetensors(String source, Map<String, StoredTensor> stored, Map<String, String> metadata) {
        this.source = source;
        this.stored = Collections.unmodifiableMap(stored);
        this.metadata = metadata;
    }

    public static Safetensors read(ModelSource source) {
        return read(source, Limits.defaults(), null);
    }

    public static Safetensors read(ModelSource source, Limits limits) {
        return read(source, limits, null);
    }

    /**
     * Reads the header of an untrusted file. One whose name ends in {@code .index.json} is an index of several files beside it; a
     * folder is that of {@value #FILE} or {@value #INDEX}.
     *
     * @param allowedRoot folder under which the files of an index may lie once links are resolved; null for the index's own folder,
     *        without symbolic links
     * @throws ModelFormatException where the file breaks the format's rules or a limit
     * @throws UnsupportedModelException where a tensor has a type that the format is not known to have
     * @throws UncheckedIOException where reading fails
     */
    public static Safetensors read(ModelSource source, Limits limits, Path allowedRoot) {
        try {
            return switch (source) {
                case ModelSource.File file -> ofPath(file.path(), limits, allowedRoot);
                case ModelSource.Memory memory -> ofBytes(memory.name(), memory.bytes(), limits);
                case ModelSource.Stream stream -> {
                    try (InputStream in = stream.opener().open()) {
                        yield ofBytes(stream.name(), in.readAllBytes(), limits);
                    }
                }
            };
        } catch (ModelFormatException e) {
            throw e.in(source.name());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + source.name() + ": " + e.getMessage(), e);
        }
    }

    private static Safetensors ofPath(Path path, Limits limits, Path allowedRoot) throws IOException {
        Path file = path;
        if (Files.isDirectory(path)) {
            boolean hasIndex = !Files.exists(path.resolve(FILE)) && Files.exists(path.resolve(INDEX));
            file = path.resolve(hasIndex ? INDEX : FILE);
        }
        return file.toString().endsWith(INDEX_ENDING) ? ShardIndex.read(file, limits, allowedRoot)
                : ofFile(ModelFile.of(file), limits);
    }

    static Safetensors ofFile(ModelFile file, Limits limits) throws IOException {
        try (FileChannel channel = file.open()) {
            ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            if (file.size() >= LENGTH_BYTES) {
                ModelFile.read(channel, length, 0);
            }
            byte[] header = new byte[headerLength(length.flip(), file.size())];
            ModelFile.read(channel, ByteBuffer.wrap(header), LENGTH_BYTES);
            long first = LENGTH_BYTES + header.length;
            return new Header(file.path().toString(), header, file.size() - first, limits)
                    .read((from, count) -> new RawData.InFile(file, first + from, count));
        } catch (ModelFormatException e) {
            throw e.in(file.path().toString());
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
        if (length < 0 || length > Header.MOST_BYTES) {
            throw new ModelFormatException(null, null, "a header of at most " + Header.MOST_BYTES + " bytes",
                    Long.toUnsignedString(length) + " bytes", "check that the file is safetensors");
        }
        if (length > size - LENGTH_BYTES) {
            throw new ModelFormatException(null, null, "a header of " + length + " bytes",
                    "a file of " + size + " bytes",
                    "check that the file is complete");
        }
        return (int) length;
    }

    /** The name of the file, or of the index. */
    public String source() {
        return source;
    }

    /** By name, in the order of the header; of several files one after another. */
    public Map<String, StoredTensor> stored() {
        return stored;
    }

    /** What the file says about itself. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /**
     * All tensors by name, in the same order; the same each time.
     *
     * @throws UnsupportedModelException with all types that Lanewise does not have
     */
    public synchronized Map<String, Tensor> tensors() {
        if (tensors == null) {
            List<String> unsupported = stored.values().stream().map(StoredTensor::unsupported).filter(Objects::nonNull)
                    .distinct().sorted().toList();
            if (!unsupported.isEmpty()) {
                throw new UnsupportedModelException(source, unsupported);
            }
            Map<String, Tensor> made = new LinkedHashMap<>();
            stored.forEach((name, tensor) -> made.put(name, tensor.tensor()));
            tensors = Collections.unmodifiableMap(made);
        }
        return tensors;
    }

    /** The tensor of this name; one that is not there is an error of the file. */
    public Tensor get(String name) {
        Tensor tensor = tensors().get(name);
        if (tensor == null) {
            throw new ModelFormatException(source, StoredTensor.where(name), "the tensor",
                    "no such name among " + stored.size(), "check that the file holds the whole model");
        }
        return tensor;
    }
}
