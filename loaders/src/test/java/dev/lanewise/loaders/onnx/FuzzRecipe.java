package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * How a random node, or some that belong together, is added to a graph.
 *
 * @param since first operator set with the operator
 * @param until last one
 */
record FuzzRecipe(String name, int since, int until, Consumer<FuzzGraph> adder) {
    static final int NEWEST = 99;
    static final DataType[] FLOATS = {DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16};
    static final DataType[] NUMBERS = {DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.INT64,
        DataType.INT32, DataType.INT16, DataType.INT8, DataType.UINT64, DataType.UINT32, DataType.UINT16,
        DataType.UINT8};
    static final DataType[] COMMON = {DataType.FLOAT, DataType.DOUBLE, DataType.INT64, DataType.INT32};
    static final DataType[] INTEGERS = {DataType.INT64, DataType.INT32, DataType.INT16, DataType.INT8, DataType.UINT64,
        DataType.UINT32, DataType.UINT16, DataType.UINT8};
    static final DataType[] ALL = with(NUMBERS, DataType.BOOL, DataType.STRING);

    void add(FuzzGraph g) {
        adder.accept(g);
    }

    static List<FuzzRecipe> all() {
        List<FuzzRecipe> all = new ArrayList<>();
        all.addAll(FuzzElementwise.recipes());
        all.addAll(FuzzReductions.recipes());
        all.addAll(FuzzShapes.recipes());
        all.addAll(FuzzPicks.recipes());
        all.addAll(FuzzLinear.recipes());
        all.addAll(FuzzWindows.recipes());
        all.addAll(FuzzNorms.recipes());
        all.addAll(FuzzImages.recipes());
        all.addAll(FuzzRecurrent.recipes());
        all.addAll(FuzzControl.recipes());
        all.addAll(FuzzSequences.recipes());
        all.addAll(FuzzLabels.recipes());
        all.addAll(FuzzContrib.recipes());
        return all;
    }

    boolean isIn(int opset) {
        return opset >= since && opset <= until;
    }

    static FuzzRecipe of(String name, int since, Consumer<FuzzGraph> adder) {
        return new FuzzRecipe(name, since, NEWEST, adder);
    }

    static DataType[] with(DataType[] some, DataType... more) {
        DataType[] all = Arrays.copyOf(some, some.length + more.length);
        System.arraycopy(more, 0, all, some.length, more.length);
        return all;
    }

    /** The attribute, or none. */
    static AttributeProto.Builder when(boolean condition, AttributeProto.Builder attribute) {
        return condition ? attribute : null;
    }

    static AttributeProto.Builder each(String name, int... values) {
        return OnnxModels.ints(name, Arrays.stream(values).asLongStream().toArray());
    }

    static AttributeProto.Builder flag(String name, boolean value) {
        return OnnxModels.integer(name, value ? 1 : 0);
    }

    /** An axis of that many dimensions, counted from the front or the back. */
    static int axis(FuzzGraph g, int rank) {
        int axis = g.pick(0, rank - 1);
        return g.opset() >= 11 && g.chance(3) ? axis - rank : axis;
    }

    static int positive(int axis, int rank) {
        return axis < 0 ? axis + rank : axis;
    }
}
