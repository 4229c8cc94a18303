package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.lanewise.LanewiseException;
import dev.lanewise.LoadOptions;
import dev.lanewise.ModelFormat.LoadedModel;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Value;
import dev.lanewise.loaders.file.RawElements;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import dev.lanewise.loaders.testing.Promise;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Weights in files beside the model: which are read, and which are not touched. */
class ExternalDataTest {
    private static final float[] WEIGHTS = {4, 5, 6};

    @TempDir
    Path root;
    private Path folder;

    @BeforeEach
    void files() throws IOException {
        folder = Files.createDirectory(root.resolve("model"));
        Files.createDirectory(folder.resolve("sub"));
        byte[] raw = floats("w", new long[] {3}, WEIGHTS).getRawData().toByteArray();
        byte[] shifted = new byte[20];
        System.arraycopy(raw, 0, shifted, 8, 12);
        Files.write(folder.resolve("weights.bin"), shifted);
        Files.write(folder.resolve("sub/exact.bin"), raw);
        Files.write(root.resolve("outside.bin"), raw);
    }

    private LoadedModel load(TensorProto.Builder weights, LoadOptions options) throws IOException {
        Path model = folder.resolve("model.onnx");
        Files.write(model, good(g -> g.setInitializer(0, weights)).build().toByteArray());
        return new OnnxFormat().read(ModelSource.of(model), options);
    }

    private static float[] weights(LoadedModel model) {
        return model.graph().constants().stream().map(Value::fact).findFirst().orElseThrow().constant().floats();
    }

    @Test
    void weightsAreReadFromTheFileBesideTheModel() throws IOException {
        TensorProto.Builder part =
                external("w", "location", "weights.bin", "offset", "8", "length", "12", "checksum", "x", "odd", "y");
        assertArrayEquals(WEIGHTS, weights(load(part, LoadOptions.defaults())));
        assertArrayEquals(WEIGHTS, weights(load(external("w", "location", "sub/exact.bin"), LoadOptions.defaults())));
    }

    @Test
    void theGraphIsTheSameWhereverWeightsLie() throws IOException {
        String inside = load(floats("w", new long[] {3}, WEIGHTS), LoadOptions.defaults()).graph().toString();
        assertEquals(inside,
                load(external("w", "location", "sub/exact.bin"), LoadOptions.defaults()).graph().toString());
    }

    private record Bad(String name, String message, String... entries) {
        static Bad location(String name, String location, String message) {
            return new Bad("20 " + name, message, "location", location);
        }

        static Bad range(String name, String offset, String length, String message) {
            return new Bad("22 " + name, message, "location", "weights.bin", "offset", offset, "length", length);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Bad> bad() {
        String relative = "a location relative to the model's folder";
        return Stream.of(new Bad("20 no location", relative), Bad.location("empty", "", relative),
                Bad.location("blank", "  ", relative), Bad.location("absolute", "/etc/passwd", relative),
                Bad.location("parent folder", "../outside.bin", relative),
                Bad.location("parent folder in the middle", "sub/../../outside.bin", relative),
                Bad.location("parent folder at the end", "sub/..", relative),
                Bad.location("drive letter", "C:/weights.bin", relative),
                Bad.location("URL", "file:///etc/passwd", relative),
                Bad.location("backslash", "sub\\exact.bin", relative), Bad.location("share", "\\\\host\\x", relative),
                Bad.location("NUL", "weights.bin\0.txt", relative), Bad.location("folder", "sub", "a regular file"),
                Bad.location("the folder itself", ".", "a regular file"),
                Bad.location("pipe", "pipe", "a regular file at 'pipe', found something else"),
                Bad.location("missing", "missing.bin", "put it beside the model"),
                Bad.location("below a file", "weights.bin/x", "cannot be opened"),
                Bad.location("name beyond the file system's", "n".repeat(5000), "cannot be opened"),
                new Bad("20 location twice", "each key of external data once", "location", "weights.bin", "location",
                        "sub/exact.bin"),
                new Bad("21 link", "set LoadOptions.allowedRoot", "location", "link.bin"),
                new Bad("21 link to a device", "a regular file", "location", "device"),
                new Bad("21 link to itself", "cannot be opened", "location", "loop"),
                new Bad("21 linked folder", "without symbolic links", "location", "linked/outside.bin"),
                Bad.range("negative offset", "-1", "12", "found '-1'"),
                Bad.range("offset in letters", "x", "12", "found 'x'"),
                Bad.range("length in powers", "0", "1e3", "found '1e3'"),
                Bad.range("empty length", "0", "", "found ''"),
                Bad.range("offset of 20 digits", "99999999999999999999", "12", "found '99999999999999999999'"),
                Bad.range("offset beyond 63 bits", "9999999999999999999", "12", "2^63"),
                Bad.range("offset beyond the file", "21", "0", "within the 20 bytes"),
                Bad.range("end beyond the file", "12", "12", "within the 20 bytes"),
                Bad.range("sum beyond 63 bits", "1", "9223372036854775807", "within the 20 bytes"),
                Bad.range("length of another shape", "0", "8", "12 bytes of external data, found 8"),
                new Bad("22 rest of the file too short", "12 bytes of external data from offset 12, found 8 bytes",
                        "location", "weights.bin", "offset", "12"));
    }

    private void links() throws IOException, InterruptedException {
        Files.createSymbolicLink(folder.resolve("link.bin"), root.resolve("outside.bin"));
        Files.createSymbolicLink(folder.resolve("device"), Path.of("/dev/zero"));
        Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("loop"));
        Files.createSymbolicLink(folder.resolve("linked"), root);
        assertEquals(0, new ProcessBuilder("mkfifo", folder.resolve("pipe").toString()).start().waitFor());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void bad(Bad bad) throws IOException, InterruptedException {
        links();
        LanewiseException e =
                Promise.kept(bad.name, 200, () -> load(external("w", bad.entries), LoadOptions.defaults()));
        assertNotNull(e, "loaded");
        assertEquals(ModelFormatException.class, e.getClass());
        assertTrue(e.getMessage().contains(bad.message), e.getMessage());
        assertTrue(e.getMessage().contains("'w'"), e.getMessage());
    }

    @Test
    void dataInTheModelAndBesideItIsRefused() {
        TensorProto.Builder both =
                external("w", "location", "sub/exact.bin").setRawData(ByteString.copyFrom(new byte[12]));
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> load(both, LoadOptions.defaults()));
        assertTrue(e.getMessage().contains("no data beside the external data"), e.getMessage());
    }

    @Test
    void linksAreFollowedOnlyUnderAnAllowedRoot() throws IOException {
        Files.createSymbolicLink(folder.resolve("link.bin"), root.resolve("outside.bin"));
        TensorProto.Builder linked = external("w", "location", "link.bin");
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> load(linked, LoadOptions.defaults()));
        assertTrue(e.getMessage().contains("set LoadOptions.allowedRoot"), e.getMessage());
        assertArrayEquals(WEIGHTS, weights(load(linked, LoadOptions.defaults().withAllowedRoot(root))));
        LoadOptions elsewhere = LoadOptions.defaults().withAllowedRoot(folder.resolve("sub"));
        e = assertThrows(ModelFormatException.class, () -> load(linked, elsewhere));
        assertTrue(e.getMessage().contains("under the model's folder or the allowed root"), e.getMessage());
    }

    @Test
    void manyTensorsOnOneFileMayNotAskForMoreThanItJustifies() throws IOException {
        Path model = folder.resolve("model.onnx");
        Files.write(model, good(g -> {
            for (int i = 0; i < 5; i++) {
                g.addInitializer(external("w" + i, "location", "sub/exact.bin"));
            }
        }).build().toByteArray());
        LoadOptions tight = LoadOptions.defaults()
                .withLimits(LoadOptions.defaults().limits().withExtraBytes(-Files.size(model) + 12));
        ModelFormatException e =
                assertThrows(ModelFormatException.class, () -> new OnnxFormat().read(ModelSource.of(model), tight));
        assertTrue(e.getMessage().contains("raise Limits.extraBytes"), e.getMessage());
    }

    @Test
    @DisplayName("23 models in memory and streams have no files beside them")
    void aModelInMemoryHasNoFilesBeside() {
        byte[] bytes = good(g -> g.setInitializer(0, external("w", "location", "weights.bin"))).build().toByteArray();
        for (ModelSource source : new ModelSource[] {ModelSource.of(NAME, bytes),
            new ModelSource.Stream(NAME, bytes.length, () -> new ByteArrayInputStream(bytes))}) {
            LanewiseException e = Promise.kept("23", bytes.length,
                    () -> new OnnxFormat().read(source, LoadOptions.defaults()));
            assertTrue(e.getMessage().contains("load the model from a file"), e.getMessage());
        }
    }

    @Test
    void aDirectoryIsNoModel() {
        ModelFormatException e = assertThrows(ModelFormatException.class,
                () -> new OnnxFormat().read(ModelSource.of(folder), LoadOptions.defaults()));
        assertTrue(e.getMessage().contains("expected a file"), e.getMessage());
    }

    @Test
    void tensorsLargerThanABufferAreReadInParts() throws IOException {
        float[] large = new float[600_001];
        for (int i = 0; i < large.length; i++) {
            large[i] = i;
        }
        Files.write(folder.resolve("large.bin"), RawElements.encode(dev.lanewise.DataType.FLOAT, large, large.length));
        TensorProto.Builder tensor = external("w", "location", "large.bin").setDims(0, large.length);
        Path model = folder.resolve("model.onnx");
        Files.write(model, model(graph().addInitializer(tensor).addOutput(port("w", dev.lanewise.DataType.FLOAT)))
                .build().toByteArray());
        Tensor[] out = new OnnxFormat().read(ModelSource.of(model), LoadOptions.defaults()).graph().evaluate();
        assertArrayEquals(large, out[0].floats());
    }
}
