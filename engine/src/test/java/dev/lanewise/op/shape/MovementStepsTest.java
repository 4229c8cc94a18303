package dev.lanewise.op.shape;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.op.Samples;
import dev.lanewise.op.Steps;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Kernel steps that move data against their definitions, over sizes, types and threads. */
class MovementStepsTest {
    private static final Dim BATCH = Dim.symbol("batch");
    private static final Dim SEQ = Dim.symbol("seq");
    private static final Random RANDOM = new Random(7);

    private static Graph graph(Operator operator, Value... inputs) {
        return Steps.graph(in -> Node.of("node", operator, in), inputs);
    }

    private static Value input(DataType type, Dim... shape) {
        return Value.input("x", Fact.of(type, shape));
    }

    private static Value list(long... values) {
        return Value.constant("list", Tensor.of(values, values.length));
    }

    private static Tensor random(DataType type, int... shape) {
        Tensor t = Tensor.zeros(type, shape);
        for (int i = 0; i < t.size(); i++) {
            switch (t.array()) {
                case float[] a -> a[i] = RANDOM.nextFloat() - 0.5f;
                case long[] a -> a[i] = RANDOM.nextLong();
                case int[] a -> a[i] = RANDOM.nextInt();
                case byte[] a -> a[i] = (byte) RANDOM.nextInt();
                default -> throw new AssertionError(type);
            }
        }
        return t;
    }

    private static List<Tensor[]> sizes(DataType type, int inner) {
        List<Tensor[]> runs = new ArrayList<>();
        for (int[] size : new int[][] {{1, 1}, {2, 5}, {3, 17}, {1, 400}, {2, 128}, {1, 1}}) {
            runs.add(new Tensor[] {random(type, size[0], size[1], 3, inner)});
        }
        return runs;
    }

    static Stream<Operator> transposes() {
        return Stream.of(List.of(0, 2, 1, 3), List.of(0, 2, 3, 1), List.of(3, 2, 1, 0), List.of(0, 1, 2, 3),
                List.of(1, 0, 3, 2), List.of(2, 3, 0, 1)).map(Transpose::new);
    }

    @ParameterizedTest
    @MethodSource("transposes")
    void transpose(Operator operator) {
        Graph g = graph(operator, input(DataType.FLOAT, BATCH, SEQ, Dim.constant(3), Dim.constant(33)));
        Steps.assertAsDefined(g, sizes(DataType.FLOAT, 33));
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"FLOAT", "INT64", "INT32", "UINT8", "BOOL"})
    void everyKindOfElement(DataType type) {
        Value x = input(type, BATCH, SEQ, Dim.constant(3), Dim.constant(5));
        Steps.assertAsDefined(graph(new Transpose(List.of(0, 3, 2, 1)), x), sizes(type, 5));
        Steps.assertAsDefined(graph(new Slice(), x, list(1, 4), list(3, -6), list(2, 3), list(1, -2)), sizes(type, 5));
        Steps.assertAsDefined(graph(new Concat(2), x, x), sizes(type, 5));
        Steps.assertAsDefined(graph(new Split(3, 2), x), sizes(type, 5));
    }

    @Test
    void sliceOfAllButTheFirst() {
        Value x = input(DataType.FLOAT, BATCH, SEQ, Dim.constant(3), Dim.constant(8));
        Steps.assertAsDefined(graph(new Slice(), x, list(1), list(Long.MAX_VALUE), list(1)), sizes(DataType.FLOAT, 8));
        Steps.assertAsDefined(graph(new Slice(), x, list(0), list(4), list(1)), sizes(DataType.FLOAT, 8));
        Steps.assertAsDefined(graph(new Slice(), x, list(-1), list(Long.MIN_VALUE), list(1), list(-2)),
                sizes(DataType.FLOAT, 8));
    }

    @Test
    void expandToOtherInputs() {
        Value mask = Value.input("mask", Fact.of(DataType.INT64, BATCH, Dim.ONE, Dim.ONE, SEQ));
        Value x = input(DataType.FLOAT, BATCH, SEQ, Dim.constant(3), SEQ);
        Node shape = Node.of("shape", new Shape(0, null), x);
        Node expand = Node.of("expand", new Expand(), mask, Node.of("full", new Concat(0),
                Node.of("b", new Slice(), shape.output(), list(0), list(1)).output(), list(1),
                Node.of("s", new Slice(), shape.output(), list(1), list(2)).output(),
                Node.of("t", new Slice(), shape.output(), list(3), list(4)).output()).output());
        Graph g = Graph.of(List.of(mask, x), expand.outputs(), List.of("y"));
        List<Tensor[]> runs = new ArrayList<>();
        for (int seq : new int[] {1, 7, 150}) {
            runs.add(new Tensor[] {random(DataType.INT64, 2, 1, 1, seq), random(DataType.FLOAT, 2, seq, 3, seq)});
        }
        assertOnlyTheExpansionRuns(g);
        Steps.assertAsDefined(g, runs);
    }

    private static void assertOnlyTheExpansionRuns(Graph g) {
        Dim[] shape = g.outputs().getFirst().fact().shape();
        assertTrue(List.of(shape).toString().equals("[batch, 1, seq, seq]"), List.of(shape).toString());
    }

    @Test
    void gatherRowsAndColumns() {
        Value table = Value.constant("table", random(DataType.FLOAT, 50, 24));
        Value ids = Value.input("ids", Fact.of(DataType.INT64, BATCH, SEQ));
        List<Tensor[]> runs = new ArrayList<>();
        for (int[] size : new int[][] {{1, 1}, {2, 9}, {3, 700}}) {
            Tensor t = Tensor.zeros(DataType.INT64, size);
            for (int i = 0; i < t.size(); i++) {
                t.longs()[i] = RANDOM.nextInt(100) - 50;
            }
            runs.add(new Tensor[] {t});
        }
        Steps.assertAsDefined(graph(new Gather(0), table, ids), runs);
        Value wide = Value.constant("wide", random(DataType.INT64, 3, 50, 2));
        Steps.assertAsDefined(graph(new Gather(-2), wide, ids), runs);
    }

    @Test
    void indexOutOfRangeNamesNodeAndIndex() {
        Value table = Value.constant("table", random(DataType.FLOAT, 5, 2));
        Value ids = Value.input("ids", Fact.of(DataType.INT64, SEQ));
        Graph g = graph(new Gather(0), table, ids);
        Tensor bad = Tensor.of(new long[] {1, 5}, 2);
        InvalidInputException e = assertThrows(InvalidInputException.class, () -> Steps.run(g, bad));
        assertTrue(e.getMessage().contains("'node'") && e.getMessage().contains("5 at position 1"), e.getMessage());
        assertThrows(InvalidInputException.class, () -> g.evaluate(bad));
        assertThrows(InvalidInputException.class, () -> g.evaluate(Tensor.of(new long[] {-6}, 1)));
    }

    @Test
    void shapesThatAreResults() {
        Value x = input(DataType.FLOAT, BATCH, SEQ);
        Node shape = Node.of("shape", new Shape(0, null), x);
        Node seq = Node.of("seq", new Gather(0), shape.output(), Value.constant("one", Tensor.scalar(1)));
        Node range = Node.of("range", new Range(), Value.constant("zero", Tensor.scalar(0)), seq.output(),
                Value.constant("one", Tensor.scalar(1)));
        Node ones = Node.of("ones", new ConstantOfShape(Tensor.of(new float[] {1.5f}, 1)), shape.output());
        Graph g = Graph.of(List.of(x), List.of(range.output(), ones.output()), List.of("range", "ones"));
        Steps.assertAsDefined(g, List.of(new Tensor[] {random(DataType.FLOAT, 2, 3)},
                new Tensor[] {random(DataType.FLOAT, 1, 70)}));
    }

    /** Coarser and finer, by scales and by sizes, along rows too; the last scale of 1.2 keeps a size of 3 and moves nothing or something. */
    @ParameterizedTest
    @EnumSource(ResizeSampling.Nearest.class)
    void resizeToTheNearest(ResizeSampling.Nearest nearest) {
        ResizeSampling sampling = new ResizeSampling(ResizeSampling.Mode.NEAREST,
                ResizeSampling.Coordinates.ASYMMETRIC, nearest, -0.75f, false, false);
        Resize op = new Resize(sampling, Resize.AspectRatio.STRETCH, List.of(), 0);
        for (float[] scales : new float[][] {{1, 2, 2, 1}, {2, 1, 0.6f, 3}, {1, 1, 1.2f, 0.5f}}) {
            Value given = Value.constant("scales", Tensor.of(scales, 4));
            Value x = input(DataType.FLOAT, Dim.constant(2), Dim.constant(5), Dim.constant(3), Dim.constant(8));
            Steps.assertAsDefined(graph(op, x, null, given), List.<Tensor[]>of(new Tensor[] {
                new Samples(3).any(DataType.FLOAT, 2, 5, 3, 8)}));
        }
        Value x = input(DataType.FLOAT, BATCH, SEQ, Dim.constant(3), Dim.constant(8));
        Value sizes = Value.constant("sizes", Tensor.of(new long[] {2, 7, 2, 8}, 4));
        Steps.assertAsDefined(graph(op, x, null, null, sizes), sizes(DataType.FLOAT, 8));
    }
}
