package dev.lanewise.compile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Plan;
import dev.lanewise.exec.Plan.Place;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.shape.Identity;
import dev.lanewise.op.shape.Shape;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlannerTest {
    private final GraphBuilder g = new GraphBuilder();
    private final Value x = g.floats("x", "n", 4);

    private static Plan plan(Graph graph) {
        return plan(graph, true);
    }

    private static Plan plan(Graph graph, boolean optimise) {
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults().withOptimise(optimise))) {
            return model.compiled().symbolicPlan();
        }
    }

    private Value relu(Value v) {
        return g.unary(Unary.Function.RELU, v);
    }

    private static List<String> operators(Plan plan) {
        return plan.steps().stream().map(Plan.Entry::operator).toList();
    }

    @Test
    void viewsShareMemoryAndRunNothing() {
        Value a = g.transpose(x, 1, 0);
        Value view = g.reshape(g.op(new Identity(), a), 2, -1, 2);
        Graph graph = g.to(g.transpose(view, 0, 2, 1));
        Plan plan = plan(graph);
        assertEquals(List.of("Transpose", "Transpose"), operators(plan));
        long roots = java.util.stream.IntStream.range(0, plan.slots().size())
                .filter(i -> plan.slots().get(i).root() == i && plan.slots().get(i).place() == Place.ARENA).count();
        assertEquals(1, roots);
        Agreement.check(graph, g.tensor(3, 4));
    }

    @Test
    void outputsThatHaveNoMemoryOfTheirOwnAreCopied() {
        Value y = g.transpose(x, 1, 0);
        Value constant = g.weights(2, 3);
        Graph graph = g.to(x, y, y, g.reshape(y, -1), constant, g.reshape(x, 4, -1));
        Plan plan = plan(graph);
        assertEquals(5, operators(plan).stream().filter("Copy"::equals).count());
        Set<Integer> memory = new HashSet<>();
        for (int slot : plan.outputs()) {
            assertEquals(Place.OUTPUT, plan.slots().get(slot).place());
            assertTrue(memory.add(plan.slots().get(slot).root()), "two outputs share memory");
        }
        Tensor in = g.tensor(3, 4);
        List<Tensor> out = Agreement.run(graph, in);
        Agreement.check(graph.evaluate(in), out);
        Set<Object> arrays = java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
        out.forEach(t -> arrays.add(t.array()));
        arrays.add(in.array());
        arrays.add(constant.fact().constant().array());
        assertEquals(8, arrays.size());
    }

    /** As written, without folding, a view of a constant is a node like any other. */
    @Test
    void viewsOfConstantsWithoutFolding() {
        Value flat = g.op(new Identity(), g.weights(4));
        Graph graph = g.to(g.add(x, g.reshape(flat, 1, 4)), flat);
        Tensor in = g.tensor(3, 4);
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults().withOptimise(false));
                Session session = model.newSession(Agreement.COLD)) {
            Agreement.check(graph.evaluate(in), session.run(Map.of("x", in)).tensors());
        }
        Agreement.check(graph, in);
    }

    /** Shape arithmetic that kernels know as numbers is not computed. */
    @Test
    void stepsThatNobodyReadsAreNotRun() {
        Value shape = g.op(new Shape(0, null), relu(x));
        Graph graph = g.to(g.op(new dev.lanewise.op.shape.Reshape(false), g.transpose(x, 1, 0), shape));
        assertEquals(List.of("Transpose"), operators(plan(graph)));
        assertFalse(operators(plan(graph, false)).contains("Shape"));
        Agreement.check(graph, g.tensor(3, 4));
    }

    @Test
    void unreadInputsStillCount() {
        g.floats("ignored", "n");
        Plan plan = plan(g.to(relu(x)));
        assertEquals(-1, plan.inputs()[1]);
        assertEquals(2, plan.inputTypes().size());
    }

    @Test
    void buffersAliveTogetherConflict() {
        Value a = g.transpose(x, 1, 0);
        Value b = g.transpose(a, 1, 0);
        Value c = g.transpose(b, 1, 0);
        Plan plan = plan(g.to(g.transpose(g.add(c, a), 1, 0)));
        int slotA = slot(plan, a);
        assertArrayEquals(new int[] {slotA}, plan.conflicts()[slot(plan, b)]);
        assertArrayEquals(new int[] {slotA, slot(plan, b)}, plan.conflicts()[slot(plan, c)]);
        assertNotSame(slotA, slot(plan, b));
    }

    private static int slot(Plan plan, Value v) {
        return java.util.stream.IntStream.range(0, plan.slots().size())
                .filter(i -> plan.slots().get(i).name().equals(v.name())).findFirst().orElseThrow();
    }

    @Test
    void longGraphsArePlanned() {
        Value v = x;
        for (int i = 0; i < 10_000; i++) {
            v = g.transpose(v, 1, 0);
        }
        Agreement.check(g.to(v), g.tensor(3, 4));
    }
}
