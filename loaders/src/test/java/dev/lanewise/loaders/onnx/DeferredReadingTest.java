package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.external;
import static dev.lanewise.loaders.onnx.OnnxModels.graph;
import static dev.lanewise.loaders.onnx.OnnxModels.node;
import static dev.lanewise.loaders.onnx.OnnxModels.port;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.lanewise.DataType;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelFormat.LoadedModel;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelSource;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.file.RawElements;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Large tensors stay in the file until someone needs them: what becomes of the file until then, and afterwards. */
class DeferredReadingTest {
    private static final int ROWS = 300;
    private static final int COLS = 401;

    @TempDir
    Path folder;
    private final float[] weights = new float[ROWS * COLS];
    private Path inside;
    private Path beside;
    private byte[] bytes;

    /** y = x · w, with w in the model's file and in a file beside it. */
    @BeforeEach
    void files() throws IOException {
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (i * 31 % 1009 - 500) / 256f;
        }
        byte[] raw = RawElements.encode(DataType.FLOAT, weights, weights.length);
        Files.write(folder.resolve("w.bin"), raw);
        bytes = product(OnnxModels.empty("w", DataType.FLOAT, ROWS, COLS).setRawData(ByteString.copyFrom(raw)));
        inside = Files.write(folder.resolve("inside.onnx"), bytes);
        TensorProto.Builder external = external("w", "location", "w.bin").clearDims().addDims(ROWS).addDims(COLS);
        beside = Files.write(folder.resolve("beside.onnx"), product(external));
    }

    private static byte[] product(TensorProto.Builder w) {
        return OnnxModels.model(graph().addInput(port("x", DataType.FLOAT, "n", ROWS)).addInitializer(w)
                .addNode(node("MatMul", "x,w", "y")).addOutput(port("y", DataType.FLOAT, "n", COLS))).build()
                .toByteArray();
    }

    private enum Place {
        INSIDE, BESIDE
    }

    private Path modelFile(Place place) {
        return place == Place.INSIDE ? inside : beside;
    }

    private Path data(Place place) {
        return place == Place.INSIDE ? inside : folder.resolve("w.bin");
    }

    private static LoadedModel read(Path model) {
        return new OnnxFormat().read(ModelSource.of(model), LoadOptions.defaults());
    }

    private static float[] weights(LoadedModel model) {
        return model.graph().constants().iterator().next().fact().constant().floats();
    }

    @ParameterizedTest
    @EnumSource
    void elementsAreReadWhenTheyAreAskedFor(Place place) {
        assertArrayEquals(weights, weights(read(modelFile(place))));
    }

    @ParameterizedTest(name = "30 a file that shrinks after it was opened, {0}")
    @EnumSource
    void aFileThatBecameShorterIsRefused(Place place) throws IOException {
        LoadedModel loaded = read(modelFile(place));
        FileTime before = Files.getLastModifiedTime(data(place));
        try (FileChannel channel = FileChannel.open(data(place), StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2);
        }
        Files.setLastModifiedTime(data(place), before);
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> weights(loaded));
        assertTrue(e.getMessage().contains("stays as it is"), e.getMessage());
    }

    @ParameterizedTest(name = "30 a file that changes after it was opened, {0}")
    @EnumSource
    void aFileWithOtherContentOfTheSameLengthIsRefused(Place place) throws IOException {
        LoadedModel loaded = read(modelFile(place));
        byte[] other = Files.readAllBytes(data(place));
        other[other.length / 2] ^= 1;
        Files.write(data(place), other);
        Files.setLastModifiedTime(data(place), FileTime.fromMillis(1_000_000_000_000L));
        assertThrows(ModelFormatException.class, () -> weights(loaded));
    }

    @ParameterizedTest(name = "30 a file that is gone, {0}")
    @EnumSource
    void aFileThatIsGoneIsAnError(Place place) throws IOException {
        LoadedModel loaded = read(modelFile(place));
        Files.delete(data(place));
        assertThrows(UncheckedIOException.class, () -> weights(loaded));
    }

    /** Whoever has a model needs its files no more. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aModelIsIndependentOfItsFiles(boolean optimise) throws IOException {
        for (Place place : Place.values()) {
            LoadOptions options = LoadOptions.defaults().withOptimise(optimise);
            try (Model model = Model.load(modelFile(place), options)) {
                Files.write(data(place), new byte[3]);
                assertArrayEquals(run(Model.load(ModelSource.of("m", bytes), options)), run(model));
            }
        }
    }

    @Test
    void aStreamIsReadLikeTheBytes() {
        ModelSource stream = new ModelSource.Stream("s", bytes.length, () -> new ByteArrayInputStream(bytes));
        assertArrayEquals(run(Model.load(ModelSource.of("m", bytes), LoadOptions.defaults())),
                run(Model.load(stream, LoadOptions.defaults())));
        ModelSource shorter =
                new ModelSource.Stream("s", bytes.length, () -> new ByteArrayInputStream(bytes, 0, bytes.length - 1));
        assertThrows(ModelFormatException.class, () -> Model.load(shorter, LoadOptions.defaults()));
    }

    private static float[] run(Model model) {
        float[] x = new float[2 * ROWS];
        for (int i = 0; i < x.length; i++) {
            x[i] = (i % 17 - 8) / 8f;
        }
        try (Session session = model.newSession()) {
            float[] y = session.run(Map.of("x", Tensor.of(x, 2, ROWS))).get("y").floats();
            assertEquals(2 * COLS, y.length);
            return y;
        }
    }
}
