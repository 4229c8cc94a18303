package dev.lanewise.op.sequence;

import static dev.lanewise.testing.GraphBuilder.constant;
import static dev.lanewise.testing.GraphBuilder.scalar;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import dev.lanewise.testing.Ways;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequenceTest {
    private static final Tensor A = Tensor.of(new float[] {1, 2}, 2);
    private static final Tensor B = Tensor.of(new float[] {3}, 1);

    private final GraphBuilder g = new GraphBuilder();
    private final Value a = g.floats("a", "n");
    private final Value b = g.floats("b", "m");

    private static Value at(long position) {
        return constant(Tensor.scalar(position));
    }

    private Value both() {
        return g.op(new SequenceConstruct(), a, b);
    }

    private List<String> run(Value... outputs) {
        return Ways.run(g.to(outputs), A, B);
    }

    @Test
    void elementsByPosition() {
        assertEquals(List.of("FLOAT[2] [1.0, 2.0]", "FLOAT[1] [3.0]", "INT64[] [2]"),
                run(g.op(new SequenceAt(), both(), at(0)), g.op(new SequenceAt(), both(), at(-1)),
                        g.op(new SequenceLength(), both())));
        Graph beyond = g.to(g.op(new SequenceAt(), both(), at(2)));
        assertThrows(InvalidInputException.class, () -> beyond.evaluate(A, B));
    }

    @Test
    void insertedAndErased() {
        assertEquals(List.of("SEQUENCE [FLOAT[1] [3.0], FLOAT[2] [1.0, 2.0], FLOAT[1] [3.0]]",
                "SEQUENCE [FLOAT[2] [1.0, 2.0], FLOAT[1] [3.0], FLOAT[2] [1.0, 2.0]]",
                "SEQUENCE [FLOAT[1] [3.0]]", "SEQUENCE [FLOAT[2] [1.0, 2.0]]"),
                run(g.op(new SequenceInsert(), both(), b, at(0)), g.op(new SequenceInsert(), both(), a),
                        g.op(new SequenceErase(), both(), at(0)), g.op(new SequenceErase(), both())));
    }

    @Test
    void splitAndPutTogether() {
        Value parts = g.op(new SplitToSequence(0, true), a, at(1));
        Value scalars = g.op(new SplitToSequence(0, false), a);
        assertEquals(List.of("SEQUENCE [FLOAT[1] [1.0], FLOAT[1] [2.0]]", "SEQUENCE [FLOAT[] [1.0], FLOAT[] [2.0]]",
                "FLOAT[3] [1.0, 2.0, 3.0]", "FLOAT[2, 1] [1.0, 2.0]"),
                run(parts, scalars, g.op(new ConcatFromSequence(0, false), both()),
                        g.op(new ConcatFromSequence(0, true), parts)));
    }

    @Test
    void aBodyForEachElement() {
        Value element = Value.input("e", Fact.unknown(DataType.FLOAT));
        Value added = Value.input("b", b.fact());
        Graph body = Graph.of(List.of(element, added), List.of(g.add(element, added)), List.of("sum"));
        assertEquals(List.of("SEQUENCE [FLOAT[2] [4.0, 5.0], FLOAT[1] [6.0]]"),
                run(g.op(new SequenceMap(body, 0), both(), b)));
    }

    @Test
    void optionals() {
        Value some = g.op(new Optional(null), a);
        Value none = Node.of("none", new Optional(a.fact()), List.of(), List.of("none")).output();
        assertEquals(List.of("OPTIONAL [FLOAT[2] [1.0, 2.0]]", "OPTIONAL []", "BOOL[] [1]", "BOOL[] [0]",
                "FLOAT[2] [1.0, 2.0]"),
                run(some, none, g.op(new OptionalHasElement(), some), g.op(new OptionalHasElement(), none),
                        g.op(new OptionalGetElement(), some)));
        Graph empty = g.to(g.op(new OptionalGetElement(), none));
        assertThrows(InvalidInputException.class, () -> empty.evaluate(A, B));
    }

    @Test
    void inputsAndOutputsOfModels() {
        GraphBuilder other = new GraphBuilder();
        Value sequence = Value.input("s", Fact.sequence(Fact.unknown(DataType.FLOAT)));
        Value grown = other.op(new SequenceInsert(), sequence,
                other.add(other.op(new SequenceAt(), sequence, at(0)), scalar(1)));
        Graph graph = Graph.of(List.of(sequence), List.of(grown), List.of("out"));
        Tensor given = Tensor.sequence(List.of(A, B));
        assertEquals(List.of("SEQUENCE [FLOAT[2] [1.0, 2.0], FLOAT[1] [3.0], FLOAT[2] [2.0, 3.0]]"),
                Ways.run(graph, given));
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults());
                Session session = model.newSession(Agreement.COLD)) {
            Tensor out = session.run(Agreement.named(graph, given)).get(0);
            assertNotSame(A.array(), out.elements().getFirst().array(), "outputs belong to the caller");
            Tensor wrong = Tensor.sequence(List.of(Tensor.scalar(1L)));
            assertThrows(InvalidInputException.class, () -> session.run(Agreement.named(graph, wrong)));
            assertThrows(InvalidInputException.class, () -> session.run(Agreement.named(graph, A)));
        }
    }

    @Test
    void refusesWhatIsNoSequenceAndOtherTypes() {
        assertThrows(ModelFormatException.class, () -> g.op(new SequenceAt(), a, at(0)));
        assertThrows(ModelFormatException.class, () -> g.add(both(), b));
        assertThrows(ModelFormatException.class, () -> g.op(new SequenceInsert(), both(), at(1)));
        assertThrows(InvalidInputException.class, () -> Tensor.sequence(List.of(A, Tensor.scalar(1L))));
    }
}
