package dev.lanewise.bench.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.loaders.onnx.proto.Onnx.GraphProto;
import dev.lanewise.loaders.onnx.proto.Onnx.ModelProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class RandomWeightsTest {
    /** A convolution whose weights are a fill and a normalisation whose parameters are inputs as well, as old files have them. */
    private static byte[] light() {
        ByteBuffer shape = ByteBuffer.allocate(4 * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(64).putLong(16)
                .putLong(3).putLong(3);
        GraphProto.Builder graph = GraphProto.newBuilder().setName("light")
                .addInput(OnnxFile.port("x", OnnxFile.FLOAT, 1, 16, 8, 8))
                .addInitializer(OnnxFile.longs("w__SHAPE").toBuilder().setDims(0, 4)
                        .setRawData(ByteString.copyFrom(shape.flip())))
                .addNode(OnnxFile.node("ConstantOfShape", "fill", "w__SHAPE").addOutput("w"))
                .addNode(OnnxFile.node("Conv", "conv", "x", "w").addOutput("c"))
                .addNode(OnnxFile.node("BatchNormalization", "norm", "c", "s", "b", "m", "v").addOutput("y"))
                .addOutput(OnnxFile.port("y", OnnxFile.FLOAT, 1, 64, 6, 6));
        for (String name : List.of("s", "b", "m", "v")) {
            graph.addInput(OnnxFile.port(name, OnnxFile.FLOAT, 64))
                    .addInitializer(OnnxFile.tensor(name, new float[64], 64));
        }
        return OnnxFile.bytes(graph);
    }

    @Test
    void parametersAreRandomOfTheRightScaleAndNoInputs() throws Exception {
        byte[] bytes = RandomWeights.fill(light(), 1);
        OnnxFile file = new OnnxFile(ModelProto.parseFrom(bytes));
        float[] w = OnnxFile.floats(file.initialiser("w").orElseThrow());
        double variance = 0;
        for (float v : w) {
            variance += (double) v * v / w.length;
        }
        assertEquals(2.0 / (16 * 9), variance, 0.05 * 2 / (16 * 9));
        for (float v : OnnxFile.floats(file.initialiser("v").orElseThrow())) {
            assertTrue(v >= 0.5 && v < 1.5, "variance " + v);
        }
        try (Model model = Model.load(ModelSource.of("light.onnx", bytes), LoadOptions.defaults())) {
            assertEquals(List.of("x"), model.metadata().inputs().stream().map(p -> p.name()).toList());
        }
    }

    @Test
    void theSameSeedGivesTheSameBytes() throws Exception {
        assertArrayEquals(RandomWeights.fill(light(), 1), RandomWeights.fill(light(), 1));
    }
}
