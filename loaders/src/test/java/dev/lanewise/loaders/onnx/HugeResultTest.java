package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.*;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.DataType;
import dev.lanewise.LanewiseException;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.loaders.onnx.proto.Onnx.GraphProto;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Small files whose constants would fold into terabytes: refused at load or at run, before the memory is asked for. */
class HugeResultTest {
    private record Huge(NodeProto.Builder node, DataType type, TensorProto.Builder... initialisers) {
        @Override
        public String toString() {
            return node.getOpType();
        }
    }

    static Stream<Huge> huge() {
        long million = 1 << 20;
        return Stream.of(new Huge(node("ConstantOfShape", "s", "y"), DataType.FLOAT, longs("s", million, million)),
                new Huge(node("ConstantOfShape", "s", "y"), DataType.FLOAT, longs("s", 30_000, 30_000)),
                new Huge(node("ConstantOfShape", "s", "y"), DataType.FLOAT, longs("s", 1L << 40, 1L << 40)),
                new Huge(node("Expand", "w,s", "y"), DataType.FLOAT, floats("w", new long[] {1}, 1),
                        longs("s", million, million)),
                new Huge(node("Expand", "w,s", "y"), DataType.FLOAT, floats("w", new long[] {1}, 1),
                        longs("s", 30_000, 30_000)),
                new Huge(node("Tile", "w,s", "y"), DataType.FLOAT, floats("w", new long[] {1, 1}, 1),
                        longs("s", million, million)),
                new Huge(node("Range", "a,b,c", "y"), DataType.INT64, scalar("a", 0), scalar("b", Long.MAX_VALUE),
                        scalar("c", 1)),
                new Huge(node("Range", "a,b,c", "y"), DataType.INT64, scalar("a", 0), scalar("b", 1L << 30),
                        scalar("c", 1)));
    }

    private static TensorProto.Builder scalar(String name, long value) {
        return empty(name, DataType.INT64).addInt64Data(value);
    }

    @ParameterizedTest
    @MethodSource
    void huge(Huge huge) {
        GraphProto.Builder graph = graph().addNode(huge.node).addOutput(port("y", huge.type));
        Stream.of(huge.initialisers).forEach(graph::addInitializer);
        byte[] bytes = model(graph).build().toByteArray();
        assertThrows(LanewiseException.class, () -> {
            try (Model model = Model.load(ModelSource.of(NAME, bytes), LoadOptions.defaults())) {
                model.newSession().run(Map.of());
            }
        });
    }
}
