package dev.lanewise.op.elementwise;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.Arrays;
import java.util.List;

/** ONNX BitCast-26: the bits of each element as another type of the same width. */
public record BitCast(DataType to) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        DataType from = in.type(0);
        if (from.bits() != to.bits() || to.bits() == 0 || from.bits() < Byte.SIZE && from != to) {
            throw in.error("types of one width", from + " and " + to, "choose another type");
        }
        return List.of(new Fact(to, in.shape(0), null, null));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        if (x.type().storage() == to.storage()) {
            return new Tensor[] {x.as(to)};
        }
        Object bits = switch (x.array()) {
            case float[] a -> ints(a);
            case double[] a -> longs(a);
            case int[] a -> floats(a);
            case long[] a -> doubles(a);
            default -> throw new IllegalStateException(x.type() + " to " + to);
        };
        return new Tensor[] {Tensor.of(to, bits, x.shape())};
    }

    private static int[] ints(float[] from) {
        int[] bits = new int[from.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(from[i]));
        return bits;
    }

    private static long[] longs(double[] from) {
        long[] bits = new long[from.length];
        Arrays.setAll(bits, i -> Double.doubleToRawLongBits(from[i]));
        return bits;
    }

    private static float[] floats(int[] bits) {
        float[] values = new float[bits.length];
        for (int i = 0; i < bits.length; i++) {
            values[i] = Float.intBitsToFloat(bits[i]);
        }
        return values;
    }

    private static double[] doubles(long[] bits) {
        double[] values = new double[bits.length];
        Arrays.setAll(values, i -> Double.longBitsToDouble(bits[i]));
        return values;
    }
}
