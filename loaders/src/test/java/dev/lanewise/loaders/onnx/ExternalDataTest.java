package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.lanewise.LoadOptions;
import dev.lanewise.ModelFormat.LoadedModel;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Value;
import dev.lanewise.loaders.file.RawElements;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
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

    private record Bad(String[] entries, String message) {
        static Bad location(String location, String message) {
            return new Bad(new String[] {"location", location}, message);
        }

        static Bad range(String offset, String length, String message) {
            return new Bad(new String[] {"location", "weights.bin", "offset", offset, "length", length}, message);
        }
    }

    static Stream<Bad> bad() {
        String relative = "a location relative to the model's folder";
        return Stream.of(new Bad(new String[0], relative), Bad.location("", relative),
                Bad.location("/etc/passwd", relative),
                Bad.location("../outside.bin", relative), Bad.location("sub/../../outside.bin", relative),
                Bad.location("C:/weights.bin", relative), Bad.location("sub\\exact.bin", relative),
                Bad.location("weights.bin\0.txt", relative), Bad.location("sub", "a regular file"),
                Bad.location(".", "a regular file"), Bad.location("missing.bin", "put it beside the model"),
                new Bad(new String[] {"location", "weights.bin", "location", "sub/exact.bin"},
                        "each key of external data once"),
                Bad.range("-1", "12", "found '-1'"), Bad.range("x", "12", "found 'x'"),
                Bad.range("0", "1e3", "found '1e3'"),
                Bad.range("99999999999999999999", "12", "found '99999999999999999999'"),
                Bad.range("9999999999999999999", "12", "2^63"),
                Bad.range("21", "0", "within the 20 bytes"), Bad.range("12", "12", "within the 20 bytes"),
                Bad.range("1", "9223372036854775807", "within the 20 bytes"),
                Bad.range("0", "8", "12 bytes of external data, found 8"),
                new Bad(new String[] {"location", "weights.bin", "offset", "12"},
                        "12 bytes of external data from offset 12, found 8 bytes"));
    }

    @ParameterizedTest
    @MethodSource
    void bad(Bad bad) {
        ModelFormatException e = assertThrows(ModelFormatException.class,
                () -> load(external("w", bad.entries), LoadOptions.defaults()));
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
    void aLinkedFolderIsALinkAsWell() throws IOException {
        Files.createSymbolicLink(folder.resolve("linked"), root);
        ModelFormatException e = assertThrows(ModelFormatException.class,
                () -> load(external("w", "location", "linked/outside.bin"), LoadOptions.defaults()));
        assertTrue(e.getMessage().contains("without symbolic links"), e.getMessage());
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
    void aModelInMemoryHasNoFilesBeside() {
        byte[] bytes = good(g -> g.setInitializer(0, external("w", "location", "weights.bin"))).build().toByteArray();
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> OnnxModels.load(bytes));
        assertTrue(e.getMessage().contains("load the model from a file"), e.getMessage());
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
