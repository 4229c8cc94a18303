package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.*;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.LanewiseException;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelSource;
import dev.lanewise.Session;
import dev.lanewise.loaders.onnx.proto.Onnx.GraphProto;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import dev.lanewise.loaders.testing.Promise;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Small files whose constants would fold into terabytes: refused at load or at run, before the memory is asked for. */
class HugeResultTest {
    private static final long MILLION = 1 << 20;

    private record Huge(String name, NodeProto.Builder node, DataType type, TensorProto.Builder... initialisers) {
        Model load() {
            GraphProto.Builder graph = graph().addNode(node).addOutput(port("y", type));
            Stream.of(initialisers).forEach(graph::addInitializer);
            return Model.load(ModelSource.of(NAME, model(graph).build().toByteArray()), LoadOptions.defaults());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Huge> huge() {
        return Stream.of(constant("18 ConstantOfShape of terabytes", MILLION, MILLION),
                constant("18 ConstantOfShape of gigabytes", 30_000, 30_000),
                constant("18 ConstantOfShape beyond 64 bits", 1L << 40, 1L << 40),
                expand("18 Expand to terabytes", MILLION, MILLION), expand("18 Expand to gigabytes", 30_000, 30_000),
                new Huge("18 Tile to terabytes", node("Tile", "w,s", "y"), DataType.FLOAT,
                        floats("w", new long[] {1, 1}, 1), longs("s", MILLION, MILLION)),
                range("18 Range of all numbers", Long.MAX_VALUE), range("18 Range of gigabytes", 1L << 30),
                pad("18 Pad to gigabytes", 1L << 30), pad("18 Pad beyond 64 bits", Long.MAX_VALUE),
                resize("18 Resize to terabytes", 1e6f), resize("18 Resize without bound", Float.POSITIVE_INFINITY));
    }

    private static Huge constant(String name, long... shape) {
        return new Huge(name, node("ConstantOfShape", "s", "y"), DataType.FLOAT, longs("s", shape));
    }

    private static Huge expand(String name, long... shape) {
        return new Huge(name, node("Expand", "w,s", "y"), DataType.FLOAT, floats("w", new long[] {1}, 1),
                longs("s", shape));
    }

    private static Huge range(String name, long limit) {
        return new Huge(name, node("Range", "a,b,c", "y"), DataType.INT64, scalar("a", 0), scalar("b", limit),
                scalar("c", 1));
    }

    private static Huge pad(String name, long after) {
        return new Huge(name, node("Pad", "w,s", "y"), DataType.FLOAT, floats("w", new long[] {1}, 1),
                longs("s", 0, after));
    }

    private static Huge resize(String name, float scale) {
        return new Huge(name, node("Resize", "w,,s", "y"), DataType.FLOAT,
                floats("w", new long[] {1, 1, 2, 2}, 1, 2, 3, 4),
                floats("s", new long[] {4}, 1, 1, scale, scale));
    }

    private static TensorProto.Builder scalar(String name, long value) {
        return empty(name, DataType.INT64).addInt64Data(value);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void huge(Huge huge) {
        Model[] loaded = new Model[1];
        LanewiseException e = Promise.kept(huge.name, 0, () -> loaded[0] = huge.load());
        if (e == null) {
            e = Promise.refused(huge.name, 0, () -> {
                try (Session session = loaded[0].newSession()) {
                    session.run(Map.of());
                }
            });
            assertNotNull(e, "ran");
            assertTrue(e instanceof InvalidInputException, e.toString());
            assertTrue(e.getMessage().contains("bytes of activations") || e.getMessage().contains("activations within"),
                    e.getMessage());
        } else {
            assertTrue(e instanceof ModelFormatException, e.toString());
            assertTrue(e.getMessage().contains("n_y") || e.getMessage().contains("'y'"), e.getMessage());
        }
    }

    /** What would not fit the budget of folding is left to the run; many that fit alone do not fit together. */
    @Test
    void foldingHasABudget() {
        GraphProto.Builder graph = graph().addInitializer(longs("s", 3000, 2500));
        for (int i = 0; i < 40; i++) {
            graph.addNode(node("ConstantOfShape", "s", "y" + i)).addOutput(port("y" + i, DataType.FLOAT));
        }
        byte[] bytes = model(graph).build().toByteArray();
        LoadOptions plain = LoadOptions.defaults().withOptimise(false);
        for (LoadOptions options : new LoadOptions[] {LoadOptions.defaults(), plain}) {
            Promise.kept("18 forty constants of 30 MB", bytes.length,
                    () -> Model.load(ModelSource.of(NAME, bytes), options).close());
        }
    }
}
