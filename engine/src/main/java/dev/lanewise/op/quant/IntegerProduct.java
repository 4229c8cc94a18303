package dev.lanewise.op.quant;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.linear.MatMul;
import java.util.Arrays;

/** What the integer matrix products have in common: zero points, and the product of what is left without them. */
final class IntegerProduct {
    private IntegerProduct() {
    }

    /** The INT32 product of a and b without their zero points (null for 0); sums beyond 32 bits wrap. */
    static Tensor multiply(Tensor a, Tensor zeroA, Tensor b, Tensor zeroB) {
        return new MatMul().evaluate(new Tensor[] {centred(a, zeroA, true), centred(b, zeroB, false)})[0];
    }

    /** {@code x} minus its zero point as INT32; the zero point is one, or one a row (or a column). */
    static Tensor centred(Tensor x, Tensor zero, boolean byRow) {
        int[] centred = new int[x.size()];
        for (int i = 0; i < centred.length; i++) {
            long z = zero == null ? 0 : zero.longAt(parameter(x, zero, byRow, i));
            centred[i] = (int) (x.longAt(i) - z);
        }
        return Tensor.of(centred, x.shape());
    }

    /** Index of the scale or zero point of element {@code i} of {@code x}. */
    static int parameter(Tensor x, Tensor parameters, boolean byRow, int i) {
        if (parameters.size() == 1) {
            return 0;
        }
        int columns = x.dim(x.rank() - 1);
        if (byRow) {
            return i / columns % parameters.size();
        }
        int matrix = parameters.rank() < 2 || x.rank() < 2 ? 0 : i / (columns * x.dim(x.rank() - 2));
        return (matrix * columns + i % columns) % parameters.size();
    }

    /** Checks that input {@code parameter} is one number, one a row (or a column), or of the rank of its matrix. */
    static void check(Inference in, int matrix, int parameter, boolean byRow) {
        Dim[] x = in.shape(matrix);
        Dim[] p = in.has(parameter) ? in.shape(parameter) : null;
        if (x == null || p == null || Dim.product(p).is(1)) {
            return;
        }
        int along = byRow ? x.length - 2 : x.length - 1;
        if (p.length == 1 && along >= 0) {
            in.assumeEqual(p[0], x[along]);
        } else if (p.length == x.length && along >= 0 && p[byRow ? x.length - 1 : x.length - 2].is(1)) {
            for (int a = 0; a < x.length; a++) {
                if (a == along || a < x.length - 2) {
                    in.assumeEqual(p[a], x[a]);
                }
            }
        } else {
            throw in.error("one value, or one for each " + (byRow ? "row" : "column") + " of " + in.input(matrix),
                    "shape " + Arrays.toString(p) + " at input " + parameter, "correct it");
        }
    }

    static void checkType(Inference in, int matrix, int zeroPoint) {
        in.type(matrix, DataType.UINT8, DataType.INT8);
        if (in.has(zeroPoint)) {
            in.sameType(matrix, zeroPoint);
        }
    }
}
