package dev.lanewise.cli;

import dev.lanewise.LanewiseException;
import dev.lanewise.ModelSource;
import dev.lanewise.loaders.safetensors.Safetensors;
import dev.lanewise.loaders.safetensors.StoredTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What {@code inspect} tells of safetensors files, from their headers alone. */
final class StoredTensors {
    private final String name;
    private final Safetensors file;

    private StoredTensors(String name, Safetensors file) {
        this.name = name;
        this.file = file;
    }

    /** Whether a name is that of a safetensors file, of an index, or of a folder with one of them and no more. */
    static boolean isMeantBy(String name) {
        Path path = Path.of(name);
        if (Files.isDirectory(path)) {
            return !Files.exists(path.resolve("config.json")) && (Files.exists(path.resolve(Safetensors.FILE))
                    || Files.exists(path.resolve(Safetensors.INDEX)));
        }
        return name.endsWith(".safetensors") || name.endsWith(".safetensors.index.json");
    }

    static StoredTensors read(String name) {
        return new StoredTensors(name, Safetensors.read(ModelSource.of(Path.of(name))));
    }

    private static long elements(StoredTensor t) {
        long count = 1;
        for (int d : t.shape()) {
            count *= d;
        }
        return count;
    }

    private long elements() {
        return file.stored().values().stream().mapToLong(StoredTensors::elements).sum();
    }

    private long bytes() {
        return file.stored().values().stream().mapToLong(StoredTensor::bytes).sum();
    }

    private List<String> files() {
        return file.stored().values().stream().map(StoredTensors::fileName).distinct().toList();
    }

    private static String fileName(StoredTensor t) {
        return Path.of(t.source()).getFileName().toString();
    }

    /** Facts, then a line for each tensor; of several files with the file's name. */
    String text() {
        boolean sharded = files().size() > 1;
        Table facts = new Table("l").row("file", printable(name)).row("format", "safetensors");
        if (sharded) {
            facts.row("files", files().size());
        }
        file.metadata().forEach((k, v) -> facts.row(printable(k), printable(v)));
        facts.row("parameters",
                elements() + " in " + file.stored().size() + " tensors, " + InspectCommand.bytes(bytes()));
        Table tensors = new Table("llrrl").row("tensor", "type", "shape", "bytes", sharded ? "file" : "");
        file.stored().forEach((k, t) -> tensors.row(printable(k), t.dtype(),
                Arrays.stream(t.shape()).mapToObj(Integer::toString).collect(Collectors.joining("x", "[", "]")),
                t.bytes(), sharded ? printable(fileName(t)) : ""));
        return facts + System.lineSeparator() + tensors;
    }

    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("model", name);
        document.put("format", "safetensors");
        document.put("files", files());
        document.put("metadata", file.metadata());
        document.put("parameters", elements());
        document.put("parameter_bytes", bytes());
        List<Map<String, Object>> tensors = new ArrayList<>();
        file.stored().forEach((k, t) -> {
            Map<String, Object> tensor = new LinkedHashMap<>();
            tensor.put("name", k);
            tensor.put("dtype", t.dtype());
            tensor.put("shape", t.shape());
            tensor.put("bytes", t.bytes());
            tensor.put("file", fileName(t));
            tensors.add(tensor);
        });
        document.put("tensors", tensors);
        return document;
    }

    private static String printable(String text) {
        return LanewiseException.printable(text);
    }
}
