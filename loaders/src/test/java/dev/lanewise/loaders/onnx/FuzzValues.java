package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.op.Elements;
import dev.lanewise.op.elementwise.Cast;
import java.util.Random;

/** Random tensors: small shapes, with sizes of 0 and 1 among them, and elements of every magnitude where that is wanted. */
final class FuzzValues {
    private static final float[] SPECIAL = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, 0f,
        Float.MIN_VALUE, -Float.MIN_NORMAL, Float.MAX_VALUE, 1, -1};

    private final Random random;
    /** Whether floats that are not finite, tiny or huge, and integers at the ends of their range may occur. */
    private final boolean special;

    FuzzValues(Random random, boolean special) {
        this.random = random;
        this.special = special;
    }

    boolean isSpecial() {
        return special;
    }

    int pick(int from, int to) {
        return from + random.nextInt(to - from + 1);
    }

    /** Dimensions of 2 to 5, often 1, seldom 0. */
    int[] shape(int rank) {
        int[] shape = new int[rank];
        boolean mayBeEmpty = random.nextInt(12) == 0;
        for (int d = 0; d < rank; d++) {
            int kind = random.nextInt(10);
            shape[d] = mayBeEmpty && kind == 0 ? 0 : kind < 3 ? 1 : pick(2, 5);
        }
        return shape;
    }

    /** Elements that suit most operators: around 0, a quarter apart or of any digits. */
    Tensor any(DataType type, int... shape) {
        if (type == DataType.STRING) {
            return strings(shape);
        }
        if (type == DataType.BOOL || type.isInteger()) {
            return integers(type, shape);
        }
        boolean coarse = random.nextInt(3) == 0;
        double reach = new double[] {1, 3, 3, 3, 20}[random.nextInt(5)];
        Tensor t = Tensor.zeros(DataType.DOUBLE, shape);
        for (int i = 0; i < t.size(); i++) {
            double v = (2 * random.nextDouble() - 1) * reach;
            t.doubles()[i] = coarse ? Math.rint(4 * v) / 4 : v;
        }
        if (special && random.nextInt(3) == 0) {
            for (int i = 0; i < t.size(); i++) {
                t.doubles()[i] = random.nextInt(5) == 0 ? SPECIAL[random.nextInt(SPECIAL.length)] : t.doubles()[i];
            }
        }
        return Cast.convert(t, type);
    }

    private Tensor integers(DataType type, int... shape) {
        Tensor t = Tensor.zeros(type, shape);
        boolean extreme = special && random.nextInt(4) == 0;
        for (int i = 0; i < t.size(); i++) {
            long v = extreme && random.nextInt(3) == 0 ? random.nextLong() >> random.nextInt(64)
                    : pick(type.isUnsigned() ? 0 : -6, 9);
            Elements.setInteger(type, t.array(), i, type == DataType.BOOL ? v & 1 : v);
        }
        return t;
    }

    /** Integers in [from, to]. */
    Tensor between(DataType type, long from, long to, int... shape) {
        Tensor t = Tensor.zeros(type, shape);
        for (int i = 0; i < t.size(); i++) {
            Elements.setInteger(type, t.array(), i, from + (long) (random.nextDouble() * (to - from + 1)));
        }
        return t;
    }

    /** Floats in [from, to). */
    Tensor reals(DataType type, double from, double to, int... shape) {
        Tensor t = Tensor.zeros(DataType.DOUBLE, shape);
        for (int i = 0; i < t.size(); i++) {
            t.doubles()[i] = from + random.nextDouble() * (to - from);
        }
        return Cast.convert(t, type);
    }

    private Tensor strings(int... shape) {
        String[] words = {"", "a", "bc", "B c", "12", "-3.5", "ünï", "a.b"};
        String[] all = new String[Tensor.sizeOf(shape)];
        for (int i = 0; i < all.length; i++) {
            all[i] = words[random.nextInt(words.length)];
        }
        return Tensor.of(all, shape);
    }
}
