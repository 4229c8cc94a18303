package dev.lanewise.op.shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Assumption;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.logic.Compare;
import dev.lanewise.op.logic.Where;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Shape arithmetic as exporters write it, followed over symbols. */
class SymbolicShapesTest {
    private static final Dim BATCH = Dim.symbol("batch");
    private static final Dim SEQ = Dim.symbol("seq");
    private static final Dim PAST = Dim.symbol("past");

    private static Value floats(Dim... shape) {
        return Value.input("x", Fact.of(DataType.FLOAT, shape));
    }

    private static Value list(long... values) {
        return Value.constant("list", Tensor.of(values, values.length));
    }

    private static Value scalar(long value) {
        return Value.constant("scalar", Tensor.scalar(value));
    }

    private static Value apply(Operator operator, Value... inputs) {
        return Node.of("node", operator, inputs).output();
    }

    private static Value shapeOf(Value x) {
        return apply(new Shape(0, null), x);
    }

    /** One dimension of a value as a list of one, as PyTorch exports it. */
    private static Value dimension(Value x, long axis) {
        return apply(new Unsqueeze(), apply(new Gather(0), shapeOf(x), scalar(axis)), list(0));
    }

    private static void assertShape(Value v, Object... dims) {
        assertEquals(List.of(dims).toString(), v.fact().hasShape() ? List.of(v.fact().shape()).toString() : "?");
    }

    private static List<Assumption> assumptions(Value v) {
        return v.producer().assumptions();
    }

    @Test
    void shapeGatherUnsqueezeConcatReshape() {
        Value x = floats(BATCH, SEQ, Dim.constant(384));
        Value target = apply(new Concat(0), dimension(x, 0), dimension(x, 1), list(12), list(32));
        Value heads = apply(new Reshape(false), x, target);
        assertShape(heads, BATCH, SEQ, 12, 32);
        assertEquals(List.of(), assumptions(heads));
        Value turned = apply(new Transpose(List.of(0, 2, 1, 3)), heads);
        assertShape(turned, BATCH, 12, SEQ, 32);
        Value back = apply(new Reshape(false), apply(new Transpose(List.of(0, 2, 1, 3)), turned),
                apply(new Concat(0), dimension(x, 0), dimension(x, 1), list(-1)));
        assertShape(back, BATCH, SEQ, 384);
    }

    @Test
    void reshapeWithZeroAndRest() {
        Value x = floats(BATCH, SEQ, Dim.constant(384));
        assertShape(apply(new Reshape(false), x, list(0, 0, 12, -1)), BATCH, SEQ, 12, 32);
        assertShape(apply(new Reshape(false), x, list(0, -1, 12, 32)), BATCH, SEQ, 12, 32);
        assertShape(apply(new Reshape(false), x, list(-1, 384)), BATCH.times(SEQ), 384);
        Value named = apply(new Reshape(false), x, list(8, -1, 384));
        assertShape(named, 8, "(384*batch*seq)/(3072)", 384);
        assertTrue(assumptions(named).getFirst().holds(s -> s.equals("batch") ? 2 : 4));
        assertEquals(false, assumptions(named).getFirst().holds(s -> s.equals("batch") ? 2 : 3));
    }

    @Test
    void reshapeToAnotherSizeIsRefused() {
        Value x = floats(Dim.constant(2), Dim.constant(3));
        assertThrows(ModelFormatException.class, () -> apply(new Reshape(false), x, list(4, 2)));
        assertThrows(ModelFormatException.class, () -> apply(new Reshape(false), x, list(-1, -1)));
        assertThrows(ModelFormatException.class, () -> apply(new Reshape(false), x, list(4, -1)));
        assertThrows(ModelFormatException.class, () -> apply(new Reshape(true), x, list(0, -1)));
    }

    @Test
    void shapeOfPartOfTheAxes() {
        Value x = floats(BATCH, SEQ, Dim.constant(384));
        assertArrayEquals(new Dim[] {SEQ}, apply(new Shape(1, 2), x).fact().content());
        assertArrayEquals(new Dim[] {SEQ, Dim.constant(384)}, apply(new Shape(-2, null), x).fact().content());
        assertArrayEquals(new Dim[] {BATCH, SEQ}, apply(new Slice(), shapeOf(x), list(0), list(2)).fact().content());
        assertArrayEquals(new Dim[] {BATCH, SEQ}, apply(new Slice(), shapeOf(x), list(0), list(-1)).fact().content());
        assertArrayEquals(new Dim[] {BATCH.times(SEQ).times(384)}, apply(new Size(), x).fact().content());
        assertArrayEquals(new Dim[] {Dim.constant(384), SEQ, BATCH},
                apply(new Slice(), shapeOf(x), list(-1), list(Long.MIN_VALUE), list(0), list(-1)).fact().content());
        assertArrayEquals(new Dim[] {SEQ},
                Node.of("n", new Split(0, 3), shapeOf(x)).outputs().get(1).fact().content());
    }

    @Test
    void positionsUpToTheLengthOfTheText() {
        Value ids = Value.input("input_ids", Fact.of(DataType.INT64, BATCH, SEQ));
        Value positions = Value.constant("position_ids", Tensor.of(new long[512], 1, 512));
        Value cut = apply(new Slice(), positions, list(0), dimension(ids, 1), list(1));
        assertShape(cut, 1, SEQ);
        assertEquals("[seq <= 512]", assumptions(cut).toString());
        Value expanded = apply(new Expand(), cut, shapeOf(ids));
        assertShape(expanded, BATCH, SEQ);
        assertShape(apply(new Gather(0), floats(Dim.constant(512), Dim.constant(384)), cut), 1, SEQ, 384);
    }

    @Test
    void expandWithKeptDimensions() {
        Value ids = Value.input("input_ids", Fact.of(DataType.INT64, BATCH, SEQ));
        Value mask = Value.input("mask", Fact.of(DataType.INT64, BATCH, Dim.ONE, Dim.ONE, SEQ));
        Value wanted = apply(new Concat(0), dimension(ids, 0), list(1), dimension(ids, 1), list(-1));
        Value ones = apply(new ConstantOfShape(Tensor.of(new long[] {1}, 1)), shapeOf(wanted));
        Value open = apply(new Compare(Compare.Function.EQUAL), wanted,
                apply(new Binary(Binary.Function.MUL), ones, scalar(-1)));
        assertShape(apply(new Expand(), mask, apply(new Where(), open, ones, wanted)), BATCH, 1, SEQ, SEQ);
    }

    @Test
    void rangeUpToADimension() {
        Value ids = Value.input("input_ids", Fact.of(DataType.INT64, BATCH, SEQ));
        Value seq = apply(new Gather(0), shapeOf(ids), scalar(1));
        Value range = apply(new Range(), scalar(0), seq, scalar(1));
        assertShape(range, SEQ);
        assertShape(apply(new Unsqueeze(), range, list(0)), 1, SEQ);
        assertShape(apply(new Range(), seq, scalar(0), scalar(-1)), SEQ);
        assertShape(apply(new Range(), scalar(0), seq, scalar(2)), "(1+seq)/(2)");
        assertEquals("[2, 4, 6]",
                List.of(apply(new Range(), scalar(2), scalar(7), scalar(2)).fact().content()).toString());
    }

    @Test
    void sliceOfASymbolicAxis() {
        Value x = floats(BATCH, SEQ);
        assertShape(apply(new Slice(), x, list(0), list(Long.MAX_VALUE), list(1)), BATCH, SEQ);
        assertShape(apply(new Slice(), x, list(0), list(1), list(1)), BATCH, 1);
        assertShape(apply(new Slice(), x, list(0), list(-1), list(1)), BATCH, "-1+seq");
        assertShape(apply(new Slice(), x, list(1), list(Integer.MAX_VALUE), list(-1)), BATCH, "-1+seq");
        assertShape(apply(new Slice(), x, list(-1), list(Long.MAX_VALUE), list(1)), BATCH, 1);
        assertShape(apply(new Slice(), x, list(0), list(Long.MAX_VALUE), list(1), list(2)), BATCH, "(1+seq)/(2)");
        assertShape(apply(new Slice(), x, list(-1), list(Long.MIN_VALUE), list(1), list(-1)), BATCH, SEQ);
        assertShape(apply(new Slice(), x, list(0), list(7), list(1)), BATCH, "min(7,seq)");
    }

    @Test
    void sliceBetweenExpressions() {
        Value cache = floats(Dim.constant(2048), Dim.constant(64));
        Value past = apply(new Shape(0, null), floats(PAST));
        Value total = apply(new Shape(0, null), floats(PAST.plus(SEQ)));
        Value rows = apply(new Slice(), cache, past, total, list(0));
        assertShape(rows, SEQ, 64);
        assertTrue(assumptions(rows).stream().allMatch(a -> a.holds(s -> s.equals("past") ? 2000 : 48)));
        assertEquals(false, assumptions(rows).stream().allMatch(a -> a.holds(s -> s.equals("past") ? 2000 : 49)));
    }

    @Test
    void constantsOfASymbolicShape() {
        Value ids = Value.input("ids", Fact.of(DataType.INT64, BATCH, SEQ));
        ConstantOfShape ones = new ConstantOfShape(Tensor.of(new long[] {1}, 1));
        assertShape(apply(ones, shapeOf(ids)), BATCH, SEQ);
        assertArrayEquals(new Dim[] {Dim.ONE, Dim.ONE}, apply(ones, shapeOf(shapeOf(ids))).fact().content());
        assertEquals(ones, new ConstantOfShape(Tensor.of(new long[] {1}, 1)));
        assertEquals(false, ones.equals(new ConstantOfShape(Tensor.of(new long[] {2}, 1))));
    }

    @Test
    void tilesSplitsAndConcatsOfSymbolicAxes() {
        Value x = floats(BATCH, SEQ.times(3));
        assertShape(apply(new Tile(), x, list(2, 1)), BATCH.times(2), SEQ.times(3));
        assertShape(apply(new Split(1, 3), x), BATCH, SEQ);
        Value joined = apply(new Concat(1), floats(BATCH, PAST), floats(BATCH, SEQ));
        assertShape(joined, BATCH, PAST.plus(SEQ));
        Value assumed = apply(new Concat(1), floats(BATCH, PAST), floats(Dim.constant(2), SEQ));
        assertShape(assumed, 2, PAST.plus(SEQ));
        assertEquals("[batch = 2]", assumptions(assumed).toString());
        assertShape(apply(new Flatten(1), floats(BATCH, SEQ, Dim.constant(4))), BATCH, SEQ.times(4));
    }

    @Test
    void contentThatOnlyARunKnowsGivesAnUnknownShape() {
        Value target = Value.input("target", Fact.of(DataType.INT64, Dim.constant(2)));
        Value x = floats(BATCH, SEQ);
        assertNull(apply(new Reshape(false), x, target).fact().shape());
        assertNull(apply(new Expand(), x, target).fact().shape());
        assertNull(apply(new Squeeze(), floats(BATCH, Dim.ONE)).fact().shape());
        Value unknown = Value.input("u", Fact.unknown(DataType.FLOAT));
        assertNull(apply(new Concat(0), x, unknown).fact().shape());
        assertShape(apply(new Reshape(false), unknown, list(2, 3)), 2, 3);
    }

    @Test
    void dimensionsGiveTheirContent() {
        Value dims = apply(new Dimensions(List.of(BATCH, SEQ.plus(1)), false));
        assertShape(dims, 2);
        assertArrayEquals(new Dim[] {BATCH, SEQ.plus(1)}, dims.fact().content());
        assertEquals(0, apply(new Dimensions(List.of(SEQ), true)).fact().rank());
        assertThrows(dev.lanewise.InvalidInputException.class,
                () -> new Dimensions(List.of(SEQ), true).evaluate(new Tensor[0]));
        assertArrayEquals(new long[] {7},
                new Dimensions(List.of(Dim.constant(7)), true).evaluate(new Tensor[0])[0].longs());
    }

    @Test
    void squeezedAxisOfASymbolIsTakenToBeOne() {
        Value squeezed = apply(new Squeeze(), floats(BATCH, SEQ), list(0));
        assertShape(squeezed, SEQ);
        assertEquals("[batch = 1]", assumptions(squeezed).toString());
        assertThrows(ModelFormatException.class, () -> apply(new Squeeze(), floats(Dim.constant(2), SEQ), list(0)));
        assertThrows(ModelFormatException.class, () -> apply(new Squeeze(), floats(Dim.ONE, SEQ), list(0, -2)));
    }

    @Test
    void boundsOfExpressions() {
        assertTrue(SEQ.isAtLeast(1));
        assertEquals(false, SEQ.isAtLeast(2));
        assertTrue(SEQ.plus(-1).isAtLeast(0));
        assertEquals(false, SEQ.minus(PAST).isAtLeast(Long.MIN_VALUE + 1));
        assertTrue(SEQ.times(BATCH).times(3).plus(PAST).isAtLeast(4));
        assertTrue(SEQ.min(Dim.constant(7)).isAtLeast(1));
        assertTrue(SEQ.minus(PAST).max(Dim.ZERO).isAtLeast(0));
        assertTrue(SEQ.plus(1).floorDiv(Dim.constant(2)).isAtLeast(1));
    }
}
