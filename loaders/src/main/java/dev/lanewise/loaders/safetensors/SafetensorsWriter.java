package dev.lanewise.loaders.safetensors;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.file.RawElements;
import dev.lanewise.loaders.file.TensorData;
import dev.lanewise.loaders.json.JsonText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes safetensors files. */
public final class SafetensorsWriter {
    /** The first element starts at a multiple of this many bytes. */
    private static final int ALIGNMENT = 64;

    private SafetensorsWriter() {
    }

    /**
     * Writes tensors, those of wider types first, so that each starts at a multiple of its elements' size.
     *
     * @throws InvalidInputException where a tensor has a type that the format does not have, or the name of its metadata
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        List<Map.Entry<String, Tensor>> inOrder = tensors.entrySet().stream()
                .sorted(Comparator.comparingInt(e -> -e.getValue().type().bits())).toList();
        byte[] header = header(inOrder, metadata);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(
                    ByteBuffer.allocate(Safetensors.LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length)
                            .array());
            out.write(header);
            for (Map.Entry<String, Tensor> e : inOrder) {
                Tensor t = e.getValue();
                out.write(RawElements.encode(t.type(), t.array(), t.size()));
            }
        }
    }

    /**
     * Writes tensors in their order into as many files as they need, and {@value Safetensors#INDEX} that names for each its file.
     *
     * @param maxBytes most bytes of tensors in a file, except for one tensor that is larger
     * @throws InvalidInputException as {@link #write}
     */
    public static void writeShards(Path folder, Map<String, Tensor> tensors, Map<String, String> metadata,
            long maxBytes) throws IOException {
        List<Map<String, Tensor>> shards = new ArrayList<>();
        long total = 0;
        long bytes = 0;
        for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
            long more = TensorData.bytes(e.getValue().type(), e.getValue().size());
            if (shards.isEmpty() || bytes + more > maxBytes) {
                shards.add(new LinkedHashMap<>());
                bytes = 0;
            }
            shards.getLast().put(e.getKey(), e.getValue());
            bytes += more;
            total += more;
        }
        Map<String, Object> weightMap = new LinkedHashMap<>();
        for (int i = 0; i < shards.size(); i++) {
            String name = String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size());
            write(folder.resolve(name), shards.get(i), metadata);
            shards.get(i).keySet().forEach(t -> weightMap.put(t, name));
        }
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("metadata", Map.of("total_size", total));
        index.put("weight_map", weightMap);
        Files.writeString(folder.resolve(Safetensors.INDEX), JsonText.of(index) + "\n");
    }

    private static byte[] header(List<Map.Entry<String, Tensor>> tensors, Map<String, String> metadata) {
        Map<String, Object> root = new LinkedHashMap<>();
        if (!metadata.isEmpty()) {
            root.put(Header.METADATA, metadata);
        }
        long at = 0;
        for (Map.Entry<String, Tensor> e : tensors) {
            DataType type = e.getValue().type();
            long bits = (long) e.getValue().size() * type.bits();
            if (e.getKey().equals(Header.METADATA)) {
                throw new InvalidInputException(e.getKey(), "another name", "that of the file's metadata",
                        "rename the tensor");
            }
            if (Dtype.of(type) == null || bits % 8 != 0) {
                throw new InvalidInputException(e.getKey(), "elements of a type of safetensors, in whole bytes",
                        e.getValue().size() + " of " + type, "convert the tensor first");
            }
            long end = at + TensorData.bytes(type, e.getValue().size());
            root.put(e.getKey(), Map.of("dtype", Dtype.of(type).name(), "shape",
                    Arrays.stream(e.getValue().shape()).boxed().toList(), "data_offsets", List.of(at, end)));
            at = end;
        }
        byte[] json = JsonText.of(root).getBytes(StandardCharsets.UTF_8);
        int padded =
                Math.ceilDiv(Safetensors.LENGTH_BYTES + json.length, ALIGNMENT) * ALIGNMENT - Safetensors.LENGTH_BYTES;
        byte[] header = Arrays.copyOf(json, padded);
        Arrays.fill(header, json.length, padded, (byte) ' ');
        return header;
    }
}
