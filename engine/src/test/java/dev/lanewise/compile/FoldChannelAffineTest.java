package dev.lanewise.compile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.WeightPrecision;
import dev.lanewise.elastic.Submodel;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.op.adaptive.AdaptiveComputation;
import dev.lanewise.op.adaptive.LearnerGate;
import dev.lanewise.op.attention.MultiHeadAttention;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Gelu;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.linear.Gemm;
import dev.lanewise.op.linear.Linear;
import dev.lanewise.op.norm.BatchNormalization;
import dev.lanewise.op.norm.UnifiedNormalization;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.op.shape.Reshape;
import dev.lanewise.op.shape.Shape;
import dev.lanewise.op.shape.Slice;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import dev.lanewise.testing.Optimised;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Normalisations with fixed statistics leave nothing behind but weights, and the outputs stay what they were. */
class FoldChannelAffineTest {
    private static final int SIZE = 24;
    private static final int HIDDEN = 70;
    private final GraphBuilder g = new GraphBuilder();
    private final Random random = new Random(3);

    private static Value constant(Tensor t) {
        return GraphBuilder.constant(t);
    }

    private static Value vector(float... v) {
        return constant(Tensor.of(v, v.length));
    }

    private static Value matrix(int rows, float... v) {
        return constant(Tensor.of(v, rows, v.length / rows));
    }

    private Value positive(int n) {
        Tensor t = g.tensor(n);
        for (int i = 0; i < n; i++) {
            t.floats()[i] = 0.2f + 3 * t.floats()[i] * t.floats()[i];
        }
        return constant(t);
    }

    private Value norm(Value x) {
        int n = (int) x.fact().shape()[x.fact().rank() - 1].value();
        return g.op(new UnifiedNormalization(1e-5f), x, g.weights(n), g.weights(n), positive(n));
    }

    /** {@code x * (weight / sqrt(v + eps)) + bias}, as an exporter writes it. */
    private Value written(Value x, boolean division) {
        int n = (int) x.fact().shape()[x.fact().rank() - 1].value();
        Value deviation = g.unary(Unary.Function.SQRT, g.add(positive(n), GraphBuilder.scalar(1e-5f)));
        Value scaled = division ? g.mul(g.weights(n), g.div(x, deviation)) : g.mul(x, g.div(g.weights(n), deviation));
        return g.add(scaled, g.weights(n));
    }

    private Value linear(Value x, int from, int to, boolean bias) {
        Value product = g.matMul(x, g.weights(from, to));
        return bias ? g.add(product, g.weights(to)) : product;
    }

    private Value attention(Value y, boolean bias) {
        Value mixed = g.op(new MultiHeadAttention(2, 0.3f, false, false), linear(y, SIZE, SIZE, bias),
                linear(y, SIZE, SIZE, bias), linear(y, SIZE, SIZE, bias));
        return linear(mixed, SIZE, SIZE, true);
    }

    private Value feedForward(Value y) {
        return linear(g.op(new Gelu(false), linear(y, SIZE, HIDDEN, true)), HIDDEN, SIZE, true);
    }

    private static List<Node> nodes(Graph graph) {
        return Optimised.graph(graph).nodes();
    }

    private static boolean isNorm(Node n) {
        return n.operator() instanceof UnifiedNormalization || n.operator() instanceof BatchNormalization
                || n.operator() instanceof Binary(Binary.Function f)
                        && (f == Binary.Function.MUL || f == Binary.Function.DIV);
    }

    private void assertFolded(Graph graph, Tensor... inputs) {
        assertEquals(List.of(), nodes(graph).stream().filter(FoldChannelAffineTest::isNorm).toList());
        assertAgree(graph, inputs);
    }

    private void assertAgree(Graph graph, Tensor... inputs) {
        List<Tensor> found = Agreement.run(graph, inputs);
        Tensor[] expected = graph.evaluate(inputs);
        for (int i = 0; i < expected.length; i++) {
            float[] e = expected[i].floats();
            float[] f = found.get(i).floats();
            double largest = 0;
            double error = 0;
            for (int j = 0; j < e.length; j++) {
                largest = Math.max(largest, Math.abs(e[j]));
                error = Math.max(error, Math.abs((double) e[j] - f[j]));
            }
            assertTrue(error < 1e-5 * largest, "error " + error / largest + " of output " + i);
        }
    }

    /** Pre-norm blocks: norms at the sites named, identity at the others; a class token and a head at the end. */
    private Graph preNorm(Set<Integer> sites, boolean bias, boolean written) {
        Value x = g.floats("x", "batch", 5, SIZE);
        Value stream = x;
        for (int block = 0; block < 2; block++) {
            stream = g.add(stream, attention(site(stream, 2 * block, sites, written), bias));
            stream = g.add(feedForward(site(stream, 2 * block + 1, sites, written)), stream);
        }
        Value last = g.op(new Gather(1), site(stream, 4, sites, written), constant(Tensor.scalar(0L)));
        Value logits = g.op(new Gemm(1, 1, false, true), last, g.weights(10, SIZE), g.weights(10));
        return Graph.of(List.of(x), List.of(logits), List.of("logits"));
    }

    private Value site(Value x, int index, Set<Integer> sites, boolean written) {
        return !sites.contains(index) ? x : written ? written(x, index % 2 == 0) : norm(x);
    }

    @Test
    void preNormFoldsAtEachSiteAndAtAll() {
        for (Set<Integer> sites : List.of(Set.of(0), Set.of(1), Set.of(2), Set.of(3), Set.of(4),
                Set.of(0, 1, 2, 3, 4))) {
            for (boolean bias : new boolean[] {true, false}) {
                for (boolean written : new boolean[] {false, true}) {
                    assertFolded(preNorm(sites, bias, written), g.tensor(3, 5, SIZE));
                }
            }
        }
    }

    @Test
    void projectionsWithoutABiasGainOneAndAreStillPackedAsOne() {
        List<Node> nodes = nodes(preNorm(Set.of(0, 2), false, false));
        assertEquals(2, nodes.stream().filter(n -> new Linear(3, true, null, false).equals(n.operator())).count());
        assertTrue(nodes.stream().anyMatch(n -> n.operator() instanceof MultiHeadAttention a && a.packed()));
    }

    /** Post-norm blocks, the norm written by an exporter in every second. */
    private Graph postNorm(Value embedded) {
        Value stream = embedded;
        for (int block = 0; block < 2; block++) {
            stream = block == 0 ? norm(g.add(stream, attention(stream, true)))
                    : written(g.add(attention(stream, true), stream), true);
            stream = norm(g.add(feedForward(stream), stream));
        }
        return g.to(stream);
    }

    @Test
    void postNormLeavesAFactorOnTheResidual() {
        Graph graph = postNorm(g.floats("x", "batch", 5, SIZE));
        assertFolded(graph, g.tensor(3, 5, SIZE));
        List<Linear> sums = nodes(graph).stream().map(Node::operator).filter(Linear.class::isInstance)
                .map(Linear.class::cast).filter(Linear::residual).toList();
        assertEquals(4, sums.size());
        assertTrue(sums.stream().allMatch(Linear::residualScale));
    }

    @Test
    void theEmbeddingNormGoesIntoItsTables() {
        Value ids = g.input("ids", DataType.INT64, "batch", 5);
        Value words = g.op(new Gather(0), g.weights(30, SIZE), ids);
        Value positions = g.weights(1, 5, SIZE);
        Graph graph = postNorm(norm(g.add(words, positions)));
        assertFolded(graph, Tensor.of(new long[] {3, 0, 29, 7, 7, 1, 2, 3, 4, 5}, 2, 5));
    }

    @Test
    void aTiedVocabularyKeepsItsEmbeddingTable() {
        Tensor table = g.tensor(30, SIZE);
        Value shared = constant(table);
        Value ids = g.input("ids", DataType.INT64, "batch", 5);
        Value embedded = g.op(new Gather(0), shared, ids);
        Value stream = g.add(embedded, feedForward(norm(embedded)));
        Value logits = g.matMul(norm(stream), g.transpose(shared, 1, 0));
        Graph graph = g.to(logits, embedded);
        Tensor some = Tensor.of(new long[] {3, 0, 29, 7, 7}, 1, 5);
        assertFolded(graph, some);
        float[] found = Agreement.run(graph, some).get(1).floats();
        assertArrayEquals(Arrays.copyOfRange(table.floats(), 3 * SIZE, 4 * SIZE), Arrays.copyOf(found, SIZE));
        // as one value for both
        Tensor square = g.tensor(SIZE, SIZE);
        Value both = constant(square);
        Value again = g.op(new Gather(0), both, ids);
        Graph one = g.to(g.matMul(norm(g.add(again, feedForward(norm(again)))), both), again);
        assertFolded(one, Tensor.of(new long[] {3, 0, 23, 7, 7}, 1, 5));
    }

    @Test
    void allReadersOfAnEncodersOutputAreFoldedOrNone() {
        for (boolean returned : new boolean[] {false, true}) {
            GraphBuilder b = g;
            Value x = b.floats("x" + returned, "batch", 5, SIZE);
            Value y = b.floats("y" + returned, "batch", 4, SIZE);
            Value memory = norm(b.unary(Unary.Function.TANH, x));
            Value stream = y;
            for (int layer = 0; layer < 3; layer++) {
                Value mixed =
                        b.op(new MultiHeadAttention(2, 0.3f, false, false), linear(norm(stream), SIZE, SIZE, true),
                                linear(memory, SIZE, SIZE, true), linear(memory, SIZE, SIZE, false));
                stream = b.add(stream, linear(mixed, SIZE, SIZE, true));
            }
            Graph graph = Graph.of(List.of(x, y), returned ? List.of(stream, memory) : List.of(stream),
                    returned ? List.of("a", "b") : List.of("a"));
            Tensor[] inputs = {g.tensor(2, 5, SIZE), g.tensor(2, 4, SIZE)};
            if (returned) {
                assertEquals(1, nodes(graph).stream().filter(FoldChannelAffineTest::isNorm).count());
                assertAgree(graph, inputs);
            } else {
                assertFolded(graph, inputs);
            }
        }
    }

    @Test
    void aLayerScaleGoesIntoTheLayerBeforeIt() {
        Value x = g.floats("x", "n", SIZE);
        assertFolded(g.to(g.add(x, g.mul(feedForward(x), g.weights(SIZE)))), g.tensor(7, SIZE));
        assertFolded(g.to(g.add(x, g.mul(g.weights(1, SIZE), g.op(new Gemm(1, 1, false, true), x, g.weights(SIZE, SIZE),
                g.weights(SIZE))))), g.tensor(7, SIZE));
    }

    @Test
    void aBatchNormalisationOfRowsFolds() {
        Value x = g.floats("x", "n", SIZE);
        Value y = g.op(new BatchNormalization(1e-5f, 0.9f, false), x, g.weights(SIZE), g.weights(SIZE), g.weights(SIZE),
                positive(SIZE));
        assertFolded(g.to(linear(y, SIZE, 9, true)), g.tensor(7, SIZE));
    }

    @Test
    void layersThatABuilderMadeFoldToo() {
        Value x = g.floats("x", "n", SIZE);
        Value y = norm(x);
        Value packed = g.op(new Linear(2, false, null, false), y, g.weights(SIZE, 5), g.weights(SIZE, 8));
        Value sum = g.op(new Linear(1, true, null, true), packed, g.weights(13, SIZE), g.weights(SIZE), x);
        assertFolded(g.to(g.unary(Unary.Function.TANH, norm(sum))), g.tensor(7, SIZE));
    }

    /** Exporters take sizes from the normalised value. */
    @Test
    void whoAsksForTheShapeIsNoReader() {
        Value x = g.floats("x", "batch", 6, SIZE);
        Value y = written(x, true);
        Value sizes = g.op(new Slice(), g.op(new Shape(0, null), y), longs(0), longs(2));
        Value split =
                g.op(new Reshape(false), linear(y, SIZE, SIZE, true), g.op(new Concat(0), sizes, longs(2, SIZE / 2)));
        assertFolded(g.to(split), g.tensor(3, 6, SIZE));
    }

    private static Value longs(long... v) {
        return constant(Tensor.of(v, v.length));
    }

    @Test
    void learnersAndTheirGatesFoldToo() {
        Value x = g.floats("x", "n", SIZE);
        Value y = norm(x);
        Node gate = Node.of("gate", new LearnerGate(List.of(1, 0), false), y, g.weights(SIZE, 3), g.weights(SIZE, 4),
                g.weights(3), g.weights(4));
        Value up = g.weights(SIZE, 30);
        Value first = g.op(new AdaptiveComputation(3, null, -1, false, false, false), y, gate.outputs().get(0), up,
                g.weights(30, SIZE));
        Value second = g.op(new AdaptiveComputation(3, UnaryFunction.GELU, -1, true, false, false), y,
                gate.outputs().get(1), g.weights(SIZE, 30), g.weights(30), g.weights(30, SIZE));
        assertFolded(g.to(g.add(g.add(x, first), second)), g.tensor(40, SIZE));
    }

    @Test
    void whatCannotBeFoldedStays() {
        Value x = g.floats("x", "n", SIZE);
        Graph nonlinear = g.to(g.unary(Unary.Function.TANH, norm(g.unary(Unary.Function.EXP, x))));
        assertEquals(List.of("Unary", "UnifiedNormalization", "Unary"), Optimised.operators(nonlinear));
        assertAgree(nonlinear, g.tensor(4, SIZE));
        Graph activated = g.to(g.unary(Unary.Function.TANH, norm(g.op(new Gelu(false), linear(x, SIZE, SIZE, true)))));
        assertTrue(Optimised.operators(activated).contains("UnifiedNormalization"));
        // weights beyond the range of floats
        Value small = vector(1e-30f, 1e-30f);
        Value norm = g.op(new UnifiedNormalization(0), g.floats("two", "n", 2), vector(1e30f, 1), vector(0, 0), small);
        Graph overflow = Graph.of(List.of(norm.producer().input(0)), List.of(g.matMul(norm, matrix(2, 1, 2, 3, 4))),
                List.of("y"));
        assertTrue(Optimised.operators(overflow).contains("UnifiedNormalization"));
    }

    @Test
    void smallCaseInNumbers() {
        Value x = g.floats("x", 1, 2);
        Value y = g.op(new UnifiedNormalization(0), x, vector(2, 1), vector(0.1f, -0.2f), vector(4, 0.25f));
        // W = [[1, 2], [0, -1]] from inputs to outputs
        Graph graph = g.to(g.add(g.matMul(y, matrix(2, 1, 0, 2, -1)), vector(0.5f, 0)));
        assertFolded(graph, Tensor.of(new float[] {3, -1}, 1, 2));
        Node folded = nodes(graph).getFirst();
        assertArrayEquals(new float[] {1, 0, 4, -2}, folded.input(1).fact().constant().floats(), 1e-6f);
        assertArrayEquals(new float[] {0.2f, 0.2f}, folded.input(2).fact().constant().floats(), 1e-6f);
        assertArrayEquals(new float[] {-0.8f, 2.2f},
                Agreement.run(graph, Tensor.of(new float[] {3, -1}, 1, 2)).getFirst().floats(), 1e-6f);
    }

    @Test
    void smallCaseOfPostNormInNumbers() {
        Value r = g.floats("r", 1, 2);
        Value f = g.floats("f", 1, 2);
        Value layer = g.matMul(f, matrix(2, 1, 0, 0, 1));
        Value y = g.op(new UnifiedNormalization(0), g.add(r, layer), vector(2, 0.5f), vector(1, -1), vector(1, 1));
        Graph graph = g.to(y);
        List<Node> nodes = nodes(graph);
        assertEquals(1, nodes.size());
        assertTrue(nodes.getFirst().operator() instanceof Linear l && l.residualScale());
        Tensor[] inputs = {Tensor.of(new float[] {1, 4}, 1, 2), Tensor.of(new float[] {3, 2}, 1, 2)};
        assertArrayEquals(new float[] {9, 2}, Agreement.run(graph, inputs).getFirst().floats());
        assertArrayEquals(new float[] {9, 2}, graph.evaluate(inputs)[0].floats());
    }

    @Test
    void widthsAndFoldingCommute() {
        Value x = g.floats("x", "n", SIZE);
        Tensor up = g.tensor(SIZE, HIDDEN);
        Tensor bias = g.tensor(HIDDEN);
        Tensor down = g.tensor(HIDDEN, SIZE);
        Value y = norm(x);
        int width = 40;
        Graph whole = g.to(g.add(x, block(y, up, bias, down, HIDDEN)));
        Graph cut = g.to(g.add(x, block(y, up, bias, down, width)));
        Map<String, Tensor> in = Map.of("x", g.tensor(6, SIZE));
        try (Model elastic = GraphBuilder.model(whole, LoadOptions.defaults().withGranularities(0.5, 1));
                Model narrow = GraphBuilder.model(cut, LoadOptions.defaults());
                Session s = elastic.newSession(Agreement.COLD); Session t = narrow.newSession(Agreement.COLD)) {
            Submodel submodel = elastic.elastic().widths(width);
            assertTrue(elastic.compiled().optimised().nodes().stream().noneMatch(FoldChannelAffineTest::isNorm));
            assertArrayEquals(t.run(in).get(0).floats(), s.run(in, submodel).get(0).floats());
        }
        assertFolded(cut, in.get("x"));
    }

    private Value block(Value y, Tensor up, Tensor bias, Tensor down, int width) {
        float[] w1 = new float[SIZE * width];
        for (int i = 0; i < w1.length; i++) {
            w1[i] = up.floats()[i / width * HIDDEN + i % width];
        }
        Value hidden = g.op(new Gelu(false), g.add(g.matMul(y, constant(Tensor.of(w1, SIZE, width))),
                vector(Arrays.copyOf(bias.floats(), width))));
        return g.matMul(hidden, constant(Tensor.of(Arrays.copyOf(down.floats(), width * SIZE), width, SIZE)));
    }

    @Test
    void weightsInBytesAreThoseOfTheFoldedLayer() {
        Value x = g.floats("x", "n", 40);
        Graph graph = g.to(linear(norm(x), 40, 50, true));
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults().withWeights(WeightPrecision.INT8))) {
            List<Node> nodes = model.compiled().optimised().nodes();
            assertEquals(1, nodes.size());
            assertTrue(nodes.getFirst().operator() instanceof Linear l && l.weights() == Linear.Weights.INT8);
        }
    }

    @Test
    void manySitesInARowAreDoneInTime() {
        Value v = g.floats("x", 2, 4);
        for (int i = 0; i < 3000; i++) {
            v = g.matMul(norm(v), g.weights(4, 4));
            v = g.add(v, random.nextBoolean() ? v : g.weights(4));
        }
        assertTrue(Optimised.operators(g.to(v)).stream().noneMatch("UnifiedNormalization"::equals));
    }
}
