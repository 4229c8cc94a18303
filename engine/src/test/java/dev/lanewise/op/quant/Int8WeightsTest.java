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
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.op.elementwise.Gelu;
import dev.lanewise.op.linear.Linear;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** FLOAT weights kept as signed bytes. */
@Tag("width")
class Int8WeightsTest {
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
    void layersAndTablesBecomeBytes() {
        try (Model model = GraphBuilder.model(graph(), INT8)) {
            List<Operator> operators = model.compiled().optimised().nodes().stream().map(n -> n.operator()).toList();
            assertEquals(List.of(new Int8Gather(),
                    new Linear(Linear.Weights.INT8, 1, true, UnaryFunction.GELU, false),
                    new Linear(Linear.Weights.INT8, 1, false, null, true)), operators);
        }
    }

    /** What the bytes stand for, put into the graph as FLOAT, gives the same but for rounding; few rows and many. */
    @Test
    void runsAsTheRoundedWeightsWould() {
        Graph graph = graph();
        replace(table, Int8Channels.ofRows(table), true);
        replace(up, Int8Channels.ofColumns(up), false);
        replace(down, Int8Channels.ofColumns(down), false);
        for (int n : new int[] {1, 2, 7, 16, 17, 40, 250}) {
            float[] expected = run(graph, LoadOptions.defaults(), n);
            float[] found = run(graph, INT8, n);
            for (int i = 0; i < found.length; i++) {
                assertEquals(expected[i], found[i], 2e-4 * Math.max(1, Math.abs(expected[i])),
                        n + " rows, element " + i);
            }
            assertArrayEquals(run(graph, INT8.withKernels(KernelMode.SCALAR), n), found, n + " rows");
        }
    }

    private static void replace(Tensor w, Int8Channels channels, boolean rows) {
        int width = w.dim(1);
        for (int i = 0; i < w.size(); i++) {
            float scale = channels.scales().floats()[rows ? i / width : i % width];
            float rounded = channels.bytes().bytes()[i] * scale;
            assertTrue(Math.abs(w.floats()[i] - rounded) <= 0.5001f * scale, "element " + i);
            w.floats()[i] = rounded;
        }
    }

    @Test
    void bytesAndScalesOfAChannel() {
        Int8Channels c = Int8Channels.ofColumns(Tensor.of(new float[] {2, 0, -254, 0, 1, 0, 127, 0}, 4, 2));
        assertArrayEquals(new float[] {2, 1}, c.scales().floats());
        assertArrayEquals(new byte[] {1, 0, -127, 0, 0, 0, 64, 0}, c.bytes().bytes());
        assertTrue(c.isUsable());
        Int8Channels rows = Int8Channels.ofRows(Tensor.of(new float[] {Float.NaN, 1, 2, 3}, 2, 2));
        assertTrue(!rows.isUsable());
        assertTrue(!Int8Channels.ofRows(Tensor.of(new float[] {Float.POSITIVE_INFINITY, 1}, 1, 2)).isUsable());
        assertTrue(!Int8Channels.ofRows(Tensor.of(new float[] {Float.MIN_VALUE, 0}, 1, 2)).isUsable());
    }

    /** A matrix that is read from somewhere is read twice, and not again: its elements are then what the bytes stand for. */
    @Test
    void holdsBytesInsteadOfWhatItRead() {
        AtomicInteger reads = new AtomicInteger();
        Tensor read = Tensor.deferred(DataType.FLOAT, new DeferredData(DataType.FLOAT, up.size(), sink -> {
            reads.incrementAndGet();
            sink.take(up.floats(), 0, 0, up.size());
        }), 40, 200);
        Value x = g.floats("x", "n", 40);
        Graph graph = g.to(g.matMul(x, GraphBuilder.constant(read)));
        Int8Channels rounded = Int8Channels.ofColumns(up);
        try (Model model = GraphBuilder.model(graph, INT8)) {
            assertEquals(2, reads.get());
            float[] elements = read.floats();
            for (int i = 0; i < elements.length; i++) {
                assertEquals(rounded.bytes().bytes()[i] * rounded.scales().floats()[i % 200], elements[i]);
            }
            assertEquals(2, reads.get());
        }
    }

    @Test
    void needsTheCompiler() {
        assertThrows(InvalidInputException.class, () -> INT8.withOptimise(false));
    }
}
