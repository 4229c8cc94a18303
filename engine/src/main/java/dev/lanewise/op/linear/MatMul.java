package dev.lanewise.op.linear;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.Epilogue;
import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code [..., m, k] x [..., k, n] -> [..., m, n]} with broadcast leading dimensions; rank-1 operands as in numpy. ONNX
 * MatMul-13.
 */
public record MatMul() implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.sameType(0, 1);
        return List.of(in.shapesKnown() ? Fact.of(type, shape(in, 0, 1)) : Fact.unknown(type));
    }

    /** Shape of the product of two inputs whose shapes are known. */
    public static Dim[] shape(Inference in, int inputA, int inputB) {
        Dim[] a = in.shape(inputA);
        Dim[] b = in.shape(inputB);
        if (a.length == 0 || b.length == 0) {
            throw in.error("matrices", "a scalar", "give operands of rank 1 or more");
        }
        Dim k = a[a.length - 1];
        Dim kb = b.length == 1 ? b[0] : b[b.length - 2];
        if (k.isConstant() && kb.isConstant() && !k.equals(kb)) {
            throw in.error("inner dimensions that agree", in.input(inputA) + " x " + in.input(inputB),
                    "check the operands' shapes");
        }
        in.assumeEqual(k, kb);
        Dim[] batch = in.broadcast(leading(a), leading(b));
        int rank = batch.length;
        Dim[] out = Arrays.copyOf(batch, rank + (a.length > 1 ? 1 : 0) + (b.length > 1 ? 1 : 0));
        if (a.length > 1) {
            out[rank++] = a[a.length - 2];
        }
        if (b.length > 1) {
            out[rank] = b[b.length - 1];
        }
        return out;
    }

    private static Dim[] leading(Dim[] shape) {
        return Arrays.copyOf(shape, Math.max(0, shape.length - 2));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return new Tensor[] {ReferenceMatMul.multiply(inputs[0], inputs[1])};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        if (at.out(0).type() != DataType.FLOAT) {
            return null;
        }
        int rankA = at.in(0).rank();
        int rankB = at.in(1).rank();
        int out = at.output(0);
        Tensor weights = at.constant(1);
        if (weights != null && rankB == 2 && weights.size() > 0) {
            PackedMatrix packed =
                    at.pack(weights, "panels", w -> PackedMatrix.pack(w.floats(), 0, w.dim(0), w.dim(1), false));
            int x = at.input(0);
            return () -> new LinearStep(at.kernels(), x, -1, out, packed, Epilogue.NONE, -1);
        }
        if (rankA < 2 || rankB < 2) {
            return null;
        }
        int a = at.input(0);
        int b = at.input(1);
        return () -> new MatMulStep(at.kernels(), a, b, out);
    }
}
