package dev.lanewise.op.linear;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.Epilogue;
import dev.lanewise.kernel.PackedWeights;
import dev.lanewise.op.Elements;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code alpha A B + beta C}. A is {@code [m, k]} ({@code [k, m]} if transposed), B {@code [k, n]} ({@code [n,
 * k]}), the optional C broadcasts to {@code [m, n]}, which is the output's shape. ONNX Gemm-13.
 */
public record Gemm(float alpha, float beta, boolean transposeA, boolean transposeB) implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.sameType(0, 1);
        if (in.has(2)) {
            in.sameType(0, 2);
        }
        if (!type.isInteger() && type.bits() < 16 || type.bits() < 8) {
            throw in.error("matrices of numbers", type.toString(), "cast them");
        }
        if (!in.shapesKnown()) {
            return List.of(Fact.unknown(type));
        }
        if (in.shape(0).length != 2 || in.shape(1).length != 2) {
            throw in.error("matrices", in.input(0) + " and " + in.input(1), "reshape them to rank 2");
        }
        Dim inner = in.shape(0)[transposeA ? 0 : 1];
        Dim other = in.shape(1)[transposeB ? 1 : 0];
        if (inner.isConstant() && other.isConstant() && !inner.equals(other)) {
            throw in.error("inner dimensions that agree", in.input(0) + " x " + in.input(1),
                    "check the operands' shapes and the transposition");
        }
        in.assumeEqual(inner, other);
        Dim[] out = {in.shape(0)[transposeA ? 1 : 0], in.shape(1)[transposeB ? 0 : 1]};
        if (in.has(2)) {
            checkAddend(in, in.shape(2), out);
        }
        return List.of(Fact.of(type, out));
    }

    private static void checkAddend(Inference in, Dim[] c, Dim[] out) {
        boolean fits = c.length <= 2;
        for (int d = 0; fits && d < c.length; d++) {
            Dim due = out[d + 2 - c.length];
            if (!c[d].is(1)) {
                fits = !c[d].isConstant() || !due.isConstant() || c[d].equals(due);
                if (fits) {
                    in.assumeEqual(c[d], due);
                }
            }
        }
        if (!fits) {
            throw in.error("C that broadcasts to [" + out[0] + "," + out[1] + "]", in.input(2).toString(),
                    "check the shape of C");
        }
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor y = ReferenceMatMul.multiply(transposeA ? transposed(inputs[0]) : inputs[0],
                transposeB ? transposed(inputs[1]) : inputs[1]);
        Tensor c = inputs.length > 2 ? inputs[2] : null;
        if (c == null && alpha == 1) {
            return new Tensor[] {y};
        }
        Tensor out = Tensor.zeros(y.type(), y.shape());
        int columns = y.dim(1);
        int columnStep = c == null || c.rank() == 0 || c.dim(c.rank() - 1) == 1 ? 0 : 1;
        int rowStep = c == null || c.rank() < 2 || c.dim(0) == 1 ? 0 : c.dim(1);
        for (int i = 0; i < y.size(); i++) {
            combine(y, out, i, c, i / columns * rowStep + i % columns * columnStep);
        }
        return new Tensor[] {out};
    }

    private void combine(Tensor y, Tensor out, int i, Tensor c, int at) {
        switch (y.type()) {
            case FLOAT -> out.floats()[i] = alpha * y.floats()[i] + (c == null ? 0f : beta * c.floats()[at]);
            case DOUBLE -> out.doubles()[i] = alpha * y.doubles()[i] + (c == null ? 0 : beta * c.doubles()[at]);
            case FLOAT16, BFLOAT16 -> Elements.set(out, i,
                    alpha * Elements.doubleAt(y, i) + (c == null ? 0 : beta * Elements.doubleAt(c, at)));
            default -> Elements.set(out, i, scaled(alpha, y.longAt(i)) + (c == null ? 0 : scaled(beta, c.longAt(at))));
        }
    }

    /** Integers are scaled exactly where the factor is whole, which is what integer models use. */
    private static long scaled(float factor, long value) {
        return factor == Math.rint(factor) ? (long) factor * value : (long) (factor * (double) value);
    }

    private static Tensor transposed(Tensor t) {
        if (t.rank() != 2) {
            throw new InvalidInputException(null, "a matrix", t.toString(), "reshape it to rank 2");
        }
        int rows = t.dim(0);
        int columns = t.dim(1);
        Object from = t.array();
        Object to = t.type().storage().newArray(t.size());
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                int source = i * columns + j;
                int target = j * rows + i;
                switch (from) {
                    case float[] a -> ((float[]) to)[target] = a[source];
                    case double[] a -> ((double[]) to)[target] = a[source];
                    default -> System.arraycopy(from, source, to, target, 1);
                }
            }
        }
        return Tensor.of(t.type(), to, columns, rows);
    }

    /** A linear layer in disguise, as exporters write it: constant weights and a constant bias of one row. */
    @Override
    public Supplier<Step> lower(Lowering at) {
        Tensor weights = at.constant(1);
        Tensor bias = at.constant(2);
        if (at.in(0).type() != DataType.FLOAT || weights == null || weights.size() == 0 || transposeA || alpha != 1
                || beta != 1) {
            return null;
        }
        int n = weights.dim(transposeB ? 0 : 1);
        if (at.has(2) && (bias == null || bias.size() != n || bias.rank() == 0 || bias.dim(bias.rank() - 1) != n)) {
            return null;
        }
        PackedWeights packed = transposeB
                ? at.pack(List.of(weights), "panels of transposed", () -> PackedWeights.packTransposed(weights),
                        (all, part) -> PackedWeights.transposed(all, weights))
                : at.panels(List.of(weights));
        int x = at.input(0);
        int y = at.output(0);
        Epilogue epilogue = new Epilogue(null, bias == null ? null : bias.floats(), null);
        return () -> new LinearStep(at.kernels(), x, -1, y, packed, epilogue, -1);
    }
}
