package dev.lanewise.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.KernelMode;
import dev.lanewise.LanewiseException;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.WeightPrecision;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.KernelProvider;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.op.shape.NonZero;
import dev.lanewise.op.shape.Reshape;
import dev.lanewise.op.shape.Shape;
import dev.lanewise.op.shape.Slice;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Plans for exact shapes: where shapes depend on data, and where the symbolic plan's assumptions do not hold. */
class CompiledModelTest {
    private static final int BOUND = 16;
    private final GraphBuilder g = new GraphBuilder();

    private static Tensor sparse(int n) {
        float[] data = new float[n];
        for (int i = 0; i < n; i++) {
            data[i] = i % 3 == 1 ? 0 : i - 4.5f;
        }
        return Tensor.of(data, n);
    }

    /** The elements of x that are not 0, each doubled, and how many they are. */
    private Graph compacted() {
        Value x = g.floats("x", "n");
        Value doubled = g.add(x, x);
        Value positions = g.reshape(g.op(new NonZero(), doubled), -1);
        Value kept = g.op(new Gather(0), doubled, positions);
        return g.to(g.unary(Unary.Function.RELU, kept), g.op(new Shape(0, null), kept), positions);
    }

    @Test
    void shapesThatDependOnDataRun() {
        Graph graph = compacted();
        for (int n : new int[] {7, 1, 0, 30}) {
            Agreement.check(graph, sparse(n));
        }
    }

    @Test
    void exactPlansAreBounded() {
        Graph graph = compacted();
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults());
                Session session = model.newSession(Agreement.COLD)) {
            assertFalse(model.compiled().symbolicPlan().isStatic());
            for (int round = 0; round < 2; round++) {
                for (int n = 1; n <= 3 * BOUND; n++) {
                    Agreement.check(graph.evaluate(sparse(n)), session.run(Map.of("x", sparse(n))).tensors());
                    assertTrue(model.compiled().cachedPlans() <= BOUND);
                }
                assertEquals(BOUND, model.compiled().cachedPlans());
            }
        }
    }

    @Test
    void equalShapesShareAnExactPlan() {
        try (Model model = GraphBuilder.model(compacted(), LoadOptions.defaults())) {
            Tensor[] five = {sparse(5)};
            assertSame(model.compiled().planFor(five, new long[] {5}),
                    model.compiled().planFor(new Tensor[] {sparse(5)}, new long[] {5}));
            assertEquals(1, model.compiled().cachedPlans());
        }
    }

    /** Weights that had to be computed are packed once for the model, however many plans there are. */
    @Test
    void exactPlansDoNotPackWeightsAnew() {
        Value x = g.floats("x", "n");
        Value rows = g.reshape(g.op(new Gather(0), x, g.reshape(g.op(new NonZero(), x), -1)), -1, 1);
        Value layer = g.matMul(g.reshape(x, -1, 1), g.transpose(g.weights(40, 1), 1, 0));
        CompiledModel model = Compiler.compile(g.to(rows, layer), KernelProvider.select(KernelMode.AUTO),
                new CompilerOptions(true, 1 << 20, 1 << 20, 2, WeightPrecision.AS_STORED, List.of()));
        model.planFor(new Tensor[] {sparse(1)}, new long[] {1});
        int packed = model.packedConstants();
        assertTrue(packed > 0);
        for (int n = 2; n < 10; n++) {
            model.planFor(new Tensor[] {sparse(n)}, new long[] {n});
        }
        assertEquals(packed, model.packedConstants());
    }

    /** Token embeddings plus the first rows of a position table of 6. */
    private Graph positions() {
        Value x = g.floats("x", "batch", "length", 4);
        Value length = g.reshape(g.op(new Gather(0), g.op(new Shape(0, null), x),
                GraphBuilder.constant(Tensor.scalar(1L))), 1);
        Value zero = GraphBuilder.constant(Tensor.of(new long[] {0}, 1));
        Value rows = g.op(new Slice(), g.weights(6, 4), zero, length, zero);
        return g.to(g.add(x, rows));
    }

    @Test
    void aSequenceBeyondThePositionTableIsAnError() {
        Graph graph = positions();
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults());
                Session session = model.newSession(Agreement.COLD)) {
            for (int length : new int[] {3, 6}) {
                Tensor x = g.tensor(2, length, 4);
                Tensor[] expected = graph.evaluate(x);
                Agreement.check(expected, session.run(Map.of("x", x)).tensors());
                LanewiseException e = assertThrows(ModelFormatException.class,
                        () -> session.run(Map.of("x", g.tensor(2, 7, 4))));
                assertTrue(e.getMessage().contains("7 and 6"), e.getMessage());
                Agreement.check(expected, session.run(Map.of("x", x)).tensors());
            }
            assertEquals(0, model.compiled().cachedPlans());
        }
    }

    /** Two symbols that inference took for equal may be 1 and n: a broadcast that the symbolic plan does not have. */
    @Test
    void assumptionsThatFailFallBackToExactPlans() {
        Value a = g.floats("a", "n", 3);
        Value b = g.floats("b", "m", 3);
        Graph graph = g.to(g.mul(g.add(a, b), a));
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults());
                Session session = model.newSession(Agreement.COLD)) {
            for (int[] sizes : new int[][] {{4, 4}, {1, 5}, {5, 1}, {1, 1}, {4, 4}, {1, 0}}) {
                Tensor[] in = {g.tensor(sizes[0], 3), g.tensor(sizes[1], 3)};
                Agreement.check(graph.evaluate(in), session.run(Agreement.named(graph, in)).tensors());
            }
            assertEquals(3, model.compiled().cachedPlans());
            assertThrows(LanewiseException.class,
                    () -> session.run(Map.of("a", g.tensor(2, 3), "b", g.tensor(3, 3))));
        }
    }

    /** What a folded node took for granted still counts: 2 n elements do not fit [n, n] but for n = 2. */
    @Test
    void foldedAndFusedNodesKeepTheirAssumptions() {
        Value x = g.floats("x", "n", 2);
        Value n = g.op(new Gather(0), g.op(new Shape(0, null), x),
                GraphBuilder.constant(Tensor.of(new long[] {0, 0}, 2)));
        Graph graph = g.to(g.op(new Shape(0, null), g.op(new Reshape(false), x, n)));
        Agreement.check(graph, g.tensor(2, 2));
        assertThrows(LanewiseException.class, () -> Agreement.run(graph, g.tensor(3, 2)));
    }

    /** A reference evaluation may answer with the array it was given; that array is the arena's, and used again. */
    @Test
    void resultsOfReferenceStepsOutliveTheirInputs() {
        Value x = g.floats("x", "n");
        Value y = g.floats("y", "k");
        Value wanted = g.reshape(g.op(new NonZero(), y), -1);
        Value kept = g.op(new Reshape(false), g.add(x, x), wanted);
        Graph graph = g.to(kept, g.mul(g.sub(x, GraphBuilder.scalar(9)), x));
        float[] flags = new float[81];
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults());
                Session session = model.newSession(Agreement.COLD)) {
            for (int size : new int[] {64, 80, 16, 20}) {
                java.util.Arrays.fill(flags, 0);
                flags[size] = 1;
                Tensor[] in = {g.tensor(size), Tensor.of(flags, 81)};
                Agreement.check(graph.evaluate(in), session.run(Agreement.named(graph, in)).tensors());
            }
        }
    }
}
