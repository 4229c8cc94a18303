package dev.lanewise.loaders.safetensors;

import dev.lanewise.Limits;
import dev.lanewise.ModelFormatException;
import dev.lanewise.loaders.file.FilesBeside;
import dev.lanewise.loaders.file.ModelFile;
import dev.lanewise.loaders.json.JsonReader;
import dev.lanewise.loaders.json.JsonValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads the files of a sharded model: an index whose {@code weight_map} names for each tensor the file that holds it. Each tensor must
 * be in that file and in no other.
 */
final class ShardIndex {
    private static final String WEIGHT_MAP = "weight_map";

    private final Path index;
    private final Limits limits;
    private final FilesBeside files;

    private ShardIndex(Path index, Limits limits, Path allowedRoot) {
        this.index = index;
        this.limits = limits;
        this.files = new FilesBeside(index.toAbsolutePath().getParent(), allowedRoot, "shard", "index");
    }

    static Safetensors read(Path index, Limits limits, Path allowedRoot) throws IOException {
        return new ShardIndex(index, limits, allowedRoot).read();
    }

    private Safetensors read() throws IOException {
        Map<String, String> shardOf = weightMap();
        Map<String, Safetensors> shards = new LinkedHashMap<>();
        Map<Path, String> names = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        int tensors = 0;
        for (Map.Entry<String, String> e : shardOf.entrySet()) {
            if (!shards.containsKey(e.getValue())) {
                ModelFile file = files.find(e.getValue(), "the shard of " + StoredTensor.where(e.getKey()));
                if (names.putIfAbsent(file.path(), e.getValue()) != null) {
                    throw error(WEIGHT_MAP, "one name for each shard", "'" + printable(e.getValue()) + "' and '"
                            + printable(names.get(file.path())) + "'");
                }
                Safetensors shard = Safetensors.ofFile(file, limits.withTensors(limits.tensors() - tensors));
                tensors += shard.stored().size();
                shards.put(e.getValue(), shard);
                shard.metadata().forEach(metadata::putIfAbsent);
            }
        }
        shards.forEach((name, shard) -> checkListed(name, shard, shardOf));
        Map<String, StoredTensor> all = new LinkedHashMap<>();
        shards.forEach((name, shard) -> all.putAll(shard.stored()));
        for (Map.Entry<String, String> e : shardOf.entrySet()) {
            if (!all.containsKey(e.getKey())) {
                throw error(StoredTensor.where(e.getKey()), "it in shard '" + printable(e.getValue()) + "'",
                        "no such tensor there");
            }
        }
        return new Safetensors(index.toString(), all, Collections.unmodifiableMap(metadata));
    }

    private Map<String, String> weightMap() throws IOException {
        ModelFile file = ModelFile.of(index);
        if (file.size() > Header.MOST_BYTES) {
            throw error(null, "an index of at most " + Header.MOST_BYTES + " bytes", file.size() + " bytes");
        }
        byte[] json = new byte[(int) file.size()];
        try (FileChannel channel = file.open()) {
            ModelFile.read(channel, ByteBuffer.wrap(json), 0);
        }
        JsonValue map = JsonReader.read(json, index.toString(), limits.extraBytes()).get(WEIGHT_MAP);
        Map<String, String> shardOf = new LinkedHashMap<>();
        for (String tensor : map.members().keySet()) {
            shardOf.put(tensor, map.get(tensor).string());
        }
        return shardOf;
    }

    private void checkListed(String name, Safetensors shard, Map<String, String> shardOf) {
        for (String tensor : shard.stored().keySet()) {
            String listed = shardOf.get(tensor);
            if (!name.equals(listed)) {
                throw error(StoredTensor.where(tensor), listed == null ? "tensors of the index alone"
                        : "it in shard '" + printable(listed) + "' alone", "it in '" + printable(name) + "'");
            }
        }
    }

    private static String printable(String name) {
        return ModelFormatException.printable(name);
    }

    private ModelFormatException error(String where, String expected, String found) {
        return new ModelFormatException(index.toString(), where, expected, found,
                "check that index and shards belong together");
    }
}
