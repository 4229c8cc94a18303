package dev.lanewise.loaders.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.LanewiseException;
import dev.lanewise.Limits;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.testing.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models in several files with an index: which are read, and which are not touched. */
class ShardIndexTest {
    private static final String ONE = "model-00001-of-00002.safetensors";
    private static final String TWO = "model-00002-of-00002.safetensors";

    @TempDir
    private Path root;
    private Path folder;
    private Map<String, Tensor> tensors;

    @BeforeEach
    void shards() throws IOException {
        folder = Files.createDirectory(root.resolve("model"));
        tensors = new LinkedHashMap<>();
        tensors.put("a", Tensor.of(new float[] {1, 2}, 2));
        tensors.put("b", Tensor.of(new float[] {3}, 1));
        tensors.put("c", Tensor.of(new long[] {4, 5}, 2));
        SafetensorsWriter.writeShards(folder, tensors, Map.of("format", "pt"), 12);
        Files.copy(folder.resolve(TWO), root.resolve("outside.safetensors"));
        Files.copy(folder.resolve(TWO), folder.resolve("copy.safetensors"));
        Files.createDirectory(folder.resolve("sub"));
    }

    @Test
    void whatIsWrittenInShardsIsReadFromThem() throws IOException {
        for (Path path : new Path[] {folder, folder.resolve(Safetensors.INDEX)}) {
            Safetensors read = Safetensors.read(ModelSource.of(path));
            assertEquals(tensors.keySet(), read.tensors().keySet());
            assertArrayEquals(new float[] {1, 2}, read.get("a").floats());
            assertArrayEquals(new long[] {4, 5}, read.get("c").longs());
            assertEquals(Map.of("format", "pt"), read.metadata());
            assertTrue(read.stored().get("b").source().endsWith(ONE), read.stored().get("b").source());
            assertTrue(read.stored().get("c").source().endsWith(TWO));
        }
        assertTrue(Files.readString(folder.resolve(Safetensors.INDEX)).contains("\"total_size\":28"));
    }

    private record Bad(String name, String weightMap, String message) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static String map(String c) {
        return "{\"a\":\"" + ONE + "\",\"b\":\"" + ONE + "\",\"c\":\"" + c + "\"}";
    }

    static Stream<Bad> bad() {
        String relative = "a location relative to the index's folder";
        return Stream.of(new Bad("10 outside the folder", map("../outside.safetensors"), relative),
                new Bad("10 outside by way of a folder", map("sub/../../outside.safetensors"), relative),
                new Bad("10 absolute", map("/etc/passwd"), relative), new Bad("10 drive", map("C:x"), relative),
                new Bad("10 backslash", map("sub\\\\x"), relative), new Bad("10 NUL", map("x\\u0000"), relative),
                new Bad("10 empty", map(""), relative), new Bad("10 folder", map("sub"), "a regular file"),
                new Bad("10 link", map("link.safetensors"), "set LoadOptions.allowedRoot"),
                new Bad("10 missing shard", map("missing.safetensors"),
                        "shard file 'missing.safetensors', found no such file"),
                new Bad("10 shard of one name and another", map(TWO).replace("}", ",\"d\":\"./" + TWO + "\"}"),
                        "one name for each shard"),
                new Bad("10 tensor in two shards", map("copy.safetensors").replace("}", ",\"d\":\"" + TWO + "\"}"),
                        "tensor 'c': expected it in shard 'copy.safetensors' alone"),
                new Bad("10 tensor that its shard does not have", map(TWO).replace("}", ",\"d\":\"" + TWO + "\"}"),
                        "tensor 'd': expected it in shard"),
                new Bad("10 tensor of another shard", map(TWO).replace("\"b\":\"" + ONE, "\"b\":\"" + TWO),
                        "tensor 'b': expected it in shard '" + TWO + "' alone, found it in '" + ONE + "'"),
                new Bad("10 tensor that is not listed", map(TWO).replace("\"b\":\"" + ONE + "\",", ""),
                        "tensor 'b': expected tensors of the index alone"),
                new Bad("10 tensor twice", map(TWO).replace("}", ",\"c\":\"" + TWO + "\"}"), "each name once"),
                new Bad("10 shard that is none", map(Safetensors.INDEX), "check that the file is"),
                new Bad("10 map of numbers", "{\"a\":1}", "a string, found 1"),
                new Bad("10 no map", "null", "an object, found nothing"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void bad(Bad bad) throws IOException {
        Files.createSymbolicLink(folder.resolve("link.safetensors"), root.resolve("outside.safetensors"));
        Path index = folder.resolve(Safetensors.INDEX);
        Files.writeString(index, "{\"metadata\":{},\"weight_map\":" + bad.weightMap + "}");
        LanewiseException e = Promise.kept(bad.name, Files.size(index), () -> Safetensors.read(ModelSource.of(index)));
        assertNotNull(e, "read");
        assertEquals(ModelFormatException.class, e.getClass());
        assertTrue(e.getMessage().contains(bad.message), e.getMessage());
        assertTrue(e.getMessage().startsWith(folder.toString()), e.getMessage());
    }

    @Test
    void linksAreFollowedUnderAnAllowedRoot() throws IOException {
        Files.createSymbolicLink(folder.resolve("link.safetensors"), root.resolve("outside.safetensors"));
        Path index = folder.resolve(Safetensors.INDEX);
        Files.writeString(index, "{\"weight_map\":" + map("link.safetensors") + "}");
        assertArrayEquals(new long[] {4, 5},
                Safetensors.read(ModelSource.of(index), Limits.defaults(), root).get("c").longs());
    }

    @Test
    void theLimitOfTensorsIsThatOfAllShards() {
        LanewiseException e = Promise.kept("tensors", 0,
                () -> Safetensors.read(ModelSource.of(folder), Limits.defaults().withTensors(2)));
        assertTrue(e.getMessage().contains("raise Limits.tensors"), e.getMessage());
    }
}
