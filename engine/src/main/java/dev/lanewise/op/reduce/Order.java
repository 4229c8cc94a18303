package dev.lanewise.op.reduce;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.op.Elements;

/** The order of a tensor's elements by value; NaN is above all numbers, both zeros are equal. */
final class Order {
    private Order() {
    }

    static int compare(Tensor t, int i, int j) {
        if (t.type().isFloatingPoint()) {
            double a = Elements.doubleAt(t, i);
            double b = Elements.doubleAt(t, j);
            return a == b ? 0 : Double.compare(a, b);
        }
        long a = t.longAt(i);
        long b = t.longAt(j);
        return t.type() == DataType.UINT64 ? Long.compareUnsigned(a, b) : Long.compare(a, b);
    }

    static boolean isNaN(Tensor t, int i) {
        return t.type().isFloatingPoint() && Double.isNaN(Elements.doubleAt(t, i));
    }
}
