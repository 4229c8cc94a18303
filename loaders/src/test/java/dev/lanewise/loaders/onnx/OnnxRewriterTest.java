package dev.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.LoadOptions;
import dev.lanewise.ModelFormat.LoadedModel;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.proto.Onnx.ModelProto;
import dev.lanewise.loaders.onnx.proto.Onnx.StringStringEntryProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxRewriterTest {
    private static final Tensor RENEWED = Tensor.of(new float[] {4, 5, -6}, 3);

    private static byte[] rewrite(ModelProto.Builder model, Map<String, Tensor> tensors, Map<String, String> properties)
            throws IOException {
        return OnnxRewriter.rewrite(ModelSource.of(OnnxModels.NAME, model.build().toByteArray()),
                LoadOptions.defaults(), tensors, properties);
    }

    private static float[] run(byte[] model) {
        LoadedModel loaded = OnnxModels.load(model);
        return loaded.graph().evaluate(Tensor.of(new float[] {1, 1, 1}, 1, 3))[0].floats();
    }

    @Test
    void weightsAndPropertiesAreReplaced() throws IOException {
        ModelProto.Builder model = OnnxModels.good();
        model.addMetadataProps(entry("kept", "as it is")).addMetadataProps(entry("set", "before"));
        model.getGraphBuilder().addValueInfo(OnnxModels.port("sum", DataType.FLOAT, "batch", 3));
        byte[] found = rewrite(model, Map.of("w", RENEWED), Map.of("set", "after", "new", "π"));
        assertArrayEquals(new float[] {5, 6, 0}, run(found));
        assertEquals(Map.of("kept", "as it is", "set", "after", "new", "π"),
                OnnxModels.load(found).metadata().properties());
        ModelProto parsed = ModelProto.parseFrom(found);
        assertEquals(0, parsed.getGraph().getValueInfoCount());
        assertEquals(model.getGraph().getNodeList(), parsed.getGraph().getNodeList());
    }

    @Test
    void withoutReplacementsItIsTheSame() throws IOException {
        ModelProto.Builder model = OnnxModels.good();
        assertArrayEquals(model.build().toByteArray(), rewrite(model, Map.of(), Map.of()));
    }

    @Test
    void constantNodesAreReplacedToo() throws IOException {
        ModelProto.Builder model = OnnxModels.good(g -> {
            g.clearInitializer();
            g.addNode(0, OnnxModels.node("Constant", "", "w").clearInput()
                    .addAttribute(OnnxModels.tensor("value", OnnxModels.floats("", new long[] {3}, 1, -2, 3))));
        });
        assertArrayEquals(new float[] {2, 0, 4}, run(rewrite(model, Map.of(), Map.of())));
        assertArrayEquals(new float[] {5, 6, 0}, run(rewrite(model, Map.of("w", RENEWED), Map.of())));
    }

    @Test
    void initialisersThatAreInputsGetTheirNewShape() throws IOException {
        ModelProto.Builder model = OnnxModels.good(g -> g.addInput(OnnxModels.port("w", DataType.FLOAT, 3)));
        byte[] found = rewrite(model, Map.of("w", Tensor.of(new float[] {7}, 1)), Map.of());
        assertArrayEquals(new float[] {8, 8, 8}, run(found));
    }

    @Test
    void weightsInOtherFilesComeIn(@TempDir Path folder) throws IOException {
        ByteBuffer data = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(new float[] {1, -2, 3});
        Files.write(folder.resolve("weights.bin"), data.array());
        ModelProto.Builder model = OnnxModels.good(g -> g.clearInitializer()
                .addInitializer(OnnxModels.external("w", "location", "weights.bin")));
        Path file = Files.write(folder.resolve("model.onnx"), model.build().toByteArray());
        byte[] found = OnnxRewriter.rewrite(ModelSource.of(file), LoadOptions.defaults(), Map.of(), Map.of());
        assertArrayEquals(new float[] {2, 0, 4}, run(found));
    }

    @Test
    void unknownNamesAreRefused() {
        InvalidInputException e = assertThrows(InvalidInputException.class,
                () -> rewrite(OnnxModels.good(), Map.of("v", RENEWED), Map.of()));
        assertTrue(e.getMessage().contains("[v]"), e.getMessage());
    }

    /** Wherever a file ends too early the outcome is an exception of its own, or what is left is whole. */
    @Test
    void brokenFilesAreRefused() throws InvalidProtocolBufferException {
        byte[] whole = OnnxModels.good().build().toByteArray();
        int refused = 0;
        for (int length = 0; length < whole.length; length++) {
            try {
                OnnxRewriter.rewrite(ModelSource.of(OnnxModels.NAME, Arrays.copyOf(whole, length)),
                        LoadOptions.defaults(), Map.of("w", RENEWED), Map.of());
            } catch (ModelFormatException | InvalidInputException e) {
                refused++;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        assertTrue(refused > whole.length / 2);
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }
}
