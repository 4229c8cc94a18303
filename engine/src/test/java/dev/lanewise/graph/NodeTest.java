package dev.lanewise.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What operators are offered while they are typed. */
class NodeTest {
    /** Types its outputs as the test says. */
    private record Probe(Function<Inference, List<Fact>> typing) implements Operator {
        @Override
        public List<Fact> infer(Inference in) {
            return typing.apply(in);
        }

        @Override
        public Tensor[] evaluate(Tensor[] inputs) {
            return inputs;
        }
    }

    private static final Dim S = Dim.symbol("s");
    private static final Dim T = Dim.symbol("t");
    private static final Value FLOATS = Value.input("f", Fact.of(DataType.FLOAT, S, Dim.constant(4)));
    private static final Value LONGS = Value.input("l", Fact.of(DataType.INT64, T));

    private static Node probe(Function<Inference, List<Fact>> typing, Value... inputs) {
        return Node.of("probe\n1", new Probe(typing), inputs);
    }

    private static Node check(java.util.function.Consumer<Inference> question, Value... inputs) {
        return probe(in -> {
            question.accept(in);
            return List.of(Fact.unknown(DataType.FLOAT));
        }, inputs);
    }

    private static Dim[] broadcast(Dim[] a, Dim[] b, List<Assumption> assumed) {
        Node n = probe(in -> List.of(Fact.of(DataType.FLOAT, in.broadcast(a, b))));
        assumed.addAll(n.assumptions());
        return n.output().fact().shape();
    }

    @Test
    void outputsAreNamedAndFilledUp() {
        Node n = Node.of("n", new Probe(in -> List.of(in.input(0), in.input(0))), List.of(FLOATS), List.of("a"));
        assertEquals(List.of("a", "n:1"), n.outputs().stream().map(Value::name).toList());
        assertEquals(n, n.outputs().get(1).producer());
        assertThrows(ModelFormatException.class, () -> Node.of("n", new Probe(in -> List.of(in.input(0))),
                List.of(FLOATS), List.of("a", "b")));
    }

    @Test
    void missingInputsAreNull() {
        Node n = probe(in -> {
            assertEquals(2, in.count());
            assertTrue(in.has(0) && !in.has(1) && !in.has(7));
            assertTrue(in.shapesKnown());
            assertThrows(ModelFormatException.class, () -> in.input(1));
            return List.of(in.input(0));
        }, FLOATS, null);
        assertNull(n.input(1));
        assertNull(n.input(9));
    }

    @Test
    void typesAreChecked() {
        check(in -> assertEquals(DataType.FLOAT, in.type(0, DataType.DOUBLE, DataType.FLOAT)), FLOATS);
        ModelFormatException e = assertThrows(ModelFormatException.class,
                () -> check(in -> in.type(0, DataType.DOUBLE), FLOATS));
        assertEquals("node 'probe\\u000a1' (Probe)", e.where());
        assertEquals("FLOAT", e.found());
        assertThrows(ModelFormatException.class, () -> check(in -> in.sameType(0, 1), FLOATS, LONGS));
    }

    @Test
    void axesCountFromEitherEnd() {
        check(in -> {
            assertEquals(1, in.axis(-1, 2));
            assertEquals(0, in.axis(0, 2));
            assertThrows(ModelFormatException.class, () -> in.axis(2, 2));
            assertThrows(ModelFormatException.class, () -> in.axis(-3, 2));
        });
    }

    @Test
    void broadcastingKeepsSymbolsAndAssumesTheRest() {
        List<Assumption> assumed = new java.util.ArrayList<>();
        assertArrayEquals(new Dim[] {S, T}, broadcast(new Dim[] {S, Dim.ONE}, new Dim[] {T}, assumed));
        assertEquals(List.of(), assumed);
        assertArrayEquals(new Dim[] {Dim.constant(4)}, broadcast(new Dim[] {S}, Dim.constants(4), assumed));
        assertEquals(List.of(new Assumption(S, Assumption.Relation.EQUAL, Dim.constant(4))), assumed);
        assertThrows(ModelFormatException.class, () -> broadcast(Dim.constants(3), Dim.constants(4), assumed));
        assertArrayEquals(Dim.constants(0), broadcast(Dim.constants(0), Dim.constants(1), assumed));
    }

    @Test
    void assumptionsHoldOrNot() {
        Assumption equal = new Assumption(S.times(2), Assumption.Relation.EQUAL, T);
        assertTrue(equal.holds(name -> name.equals("s") ? 3 : 6));
        assertTrue(!equal.holds(name -> 3));
        Assumption atMost = new Assumption(S, Assumption.Relation.AT_MOST, Dim.constant(5));
        assertTrue(atMost.holds(name -> 5) && !atMost.holds(name -> 6));
        assertEquals(0, check(in -> in.assumeAtMost(Dim.ONE, Dim.constant(2))).assumptions().size());
        assertThrows(IllegalArgumentException.class,
                () -> check(in -> in.assumeAtMost(Dim.constant(2), Dim.ONE)));
    }

    @Test
    void smallIntegerConstantsShowTheirContent() {
        assertArrayEquals(Dim.constants(2, 5), Fact.constant(Tensor.of(new long[] {2, 5}, 2)).content());
        assertArrayEquals(Dim.constants(1), Fact.constant(Tensor.of(new boolean[] {true})).content());
        assertNull(Fact.constant(Tensor.of(new float[] {1}, 1)).content());
        assertNull(Fact.constant(Tensor.of(new long[] {1, 2}, 1, 2)).content());
        assertNull(Fact.constant(Tensor.zeros(DataType.INT64, Fact.LONGEST_CONTENT + 1)).content());
        Dim[] long65 = new Dim[Fact.LONGEST_CONTENT + 1];
        Arrays.fill(long65, S);
        assertNull(Fact.of(DataType.INT64, Dim.constant(65)).withContent(long65).content());
    }

    @Test
    void factsKnowTheirSize() {
        assertEquals(S.times(4), FLOATS.fact().size());
        assertTrue(!FLOATS.fact().isConcrete() && !Fact.unknown(DataType.FLOAT).isConcrete());
        assertTrue(Fact.of(DataType.FLOAT).isConcrete() && Fact.of(DataType.FLOAT).size().is(1));
    }
}
