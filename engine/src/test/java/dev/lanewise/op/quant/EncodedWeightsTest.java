package dev.lanewise.op.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.DeferredData;
import dev.lanewise.InvalidInputException;
import dev.lanewise.KernelMode;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.WeightPrecision;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.op.elementwise.Cast;
import dev.lanewise.op.elementwise.Gelu;
import dev.lanewise.op.linear.Linear;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.op.shape.Transpose;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** FLOAT weights kept in fewer bits, in every format. */
@Tag("width")
class EncodedWeightsTest {
    private static final LoadOptions INT8 = LoadOptions.defaults().withWeights(WeightPrecision.INT8);
    private final GraphBuilder g = new GraphBuilder();
    private final Tensor table = g.tensor(60, 40);
    private final Tensor up = g.tensor(40, 200);
    private final Tensor down = g.tensor(200, 40);

    private Graph graph() {
        Value ids = g.input("ids", DataType.INT64, 1, "n");
        Value x = g.op(new Gather(0), GraphBuilder.constant(table), ids);
        Value h = g.op(new Gelu(false), g.add(g.matMul(x, GraphBuilder.constant(up)), g.weights(200)));
        return g.to(g.add(g.matMul(h, GraphBuilder.constant(down)), x));
    }

    private static Tensor ids(int n) {
        return Tensor.of(IntStream.range(0, n).mapToLong(i -> (i * 13L) % 60).toArray(), 1, n);
    }

    private static float[] run(Graph graph, LoadOptions options, int n) {
        try (Model model = GraphBuilder.model(graph, options); Session s = model.newSession(Agreement.COLD)) {
            return s.run(Map.of("ids", ids(n))).get(0).floats();
        }
    }

    @Test
    void bytesOfChannelsAreMultipliedAsTheyAre() {
        try (Model model = GraphBuilder.model(graph(), INT8)) {
            List<Operator> operators = model.compiled().optimised().nodes().stream().map(n -> n.operator()).toList();
            assertEquals(List.of(new Gather(0),
                    new Linear(Linear.Weights.INT8, 1, true, UnaryFunction.GELU, false),
                    new Linear(Linear.Weights.INT8, 1, false, null, true)), operators);
        }
    }

    /** What the codes stand for, put into the graph as FLOAT, gives the same but for rounding; few rows and many. */
    @ParameterizedTest
    @EnumSource(value = WeightPrecision.class, names = "AS_STORED", mode = EnumSource.Mode.EXCLUDE)
    void runsAsTheRoundedWeightsWould(WeightPrecision precision) {
        LoadOptions options = LoadOptions.defaults().withWeights(precision);
        Graph graph = graph();
        Map<Integer, float[]> found = new HashMap<>();
        for (int n : new int[] {1, 2, 7, 16, 17, 40, 250}) {
            found.put(n, run(graph, options, n));
            assertArrayEquals(run(graph, options.withKernels(KernelMode.SCALAR), n), found.get(n), n + " rows");
        }
        replace(table, precision.format().encode(table, 1));
        replace(up, precision.format().encode(up, 0));
        replace(down, precision.format().encode(down, 0));
        found.forEach((n, y) -> {
            float[] expected = run(graph, LoadOptions.defaults(), n);
            for (int i = 0; i < y.length; i++) {
                assertEquals(expected[i], y[i], 2e-4 * Math.max(1, Math.abs(expected[i])), n + " rows, element " + i);
            }
        });
    }

    private static void replace(Tensor w, EncodedMatrix encoded) {
        System.arraycopy(encoded.tensor().floats(), 0, w.floats(), 0, w.size());
    }

    /** The same graph as a file has it: codes, scales and zero points as constants of DequantizeLinear, halves of Cast. */
    @ParameterizedTest
    @EnumSource(value = WeightPrecision.class, names = "AS_STORED", mode = EnumSource.Mode.EXCLUDE)
    void filesHaveTheSame(WeightPrecision precision) {
        WeightFormat format = precision.format();
        Value ids = g.input("ids", DataType.INT64, 1, "n");
        Value x = g.op(new Gather(0), decoded(format.encode(table, 1)), ids);
        Value h = g.op(new Gelu(false), g.add(g.matMul(x, decoded(format.encode(up, 0))), g.weights(200)));
        Value y = g.matMul(h, g.op(new Transpose(List.of(1, 0)), decoded(format.encode(down, 0).transposed())));
        Graph graph = g.to(g.add(y, x));
        for (int n : new int[] {1, 40}) {
            float[] expected = graph.evaluate(ids(n))[0].floats();
            float[] found = run(graph, LoadOptions.defaults(), n);
            for (int i = 0; i < found.length; i++) {
                assertEquals(expected[i], found[i], 2e-4 * Math.max(1, Math.abs(expected[i])), "element " + i);
            }
        }
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults())) {
            long floats = (40 * 224 + 200 * 64) * Float.BYTES;
            assertTrue(model.compiled().packedBytes() < 0.6 * floats,
                    model.compiled().packedBytes() + " bytes instead of " + floats);
        }
    }

    private Value decoded(EncodedMatrix m) {
        Value codes = GraphBuilder.constant(m.codes());
        if (m.isHalf()) {
            return g.op(new Cast(DataType.FLOAT), codes);
        }
        Operator decode = new DequantizeLinear(m.axis(), m.block(), DataType.FLOAT);
        Value scales = GraphBuilder.constant(m.scales());
        return m.zeroPoints() == null ? g.op(decode, codes, scales)
                : g.op(decode, codes, scales, GraphBuilder.constant(m.zeroPoints()));
    }

    /** A matrix that is read from somewhere is read twice, and not again: its elements are then what the codes stand for. */
    @Test
    void holdsCodesInsteadOfWhatItRead() {
        for (WeightPrecision precision : List.of(WeightPrecision.INT8, WeightPrecision.INT4_GROUP32)) {
            AtomicInteger reads = new AtomicInteger();
            Tensor read = Tensor.deferred(DataType.FLOAT, new DeferredData(DataType.FLOAT, up.size(), sink -> {
                reads.incrementAndGet();
                sink.take(up.floats(), 0, 0, up.size());
            }), 40, 200);
            Value x = g.floats("x", "n", 40);
            Graph graph = g.to(g.matMul(x, GraphBuilder.constant(read)));
            float[] rounded = precision.format().encode(up, 0).tensor().floats();
            try (Model model = GraphBuilder.model(graph, LoadOptions.defaults().withWeights(precision))) {
                assertEquals(2, reads.get());
                assertArrayEquals(rounded, read.floats());
                assertEquals(2, reads.get());
            }
        }
    }

    @Test
    void needsTheCompiler() {
        assertThrows(InvalidInputException.class, () -> INT8.withOptimise(false));
    }
}
