package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * ONNX Reshape-14: the elements of input 0 under the shape that input 1 (INT64 [rank]) holds. One -1 stands for what is
 * left; 0 copies the dimension of the input.
 *
 * @param allowZero 0 means a dimension of 0
 */
public record Reshape(boolean allowZero) implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0);
        in.type(1, DataType.INT64);
        Dim[] target = Layout.content(in.input(1));
        Dim[] shape = in.shape(0);
        if (target == null) {
            return List.of(Fact.unknown(type));
        }
        if (in.shape(1) != null && in.shape(1).length != 1) {
            throw in.error("a shape of rank 1", "rank " + in.shape(1).length, "reshape the shape operand");
        }
        Dim[] out = target.clone();
        int rest = -1;
        for (int a = 0; a < out.length; a++) {
            if (out[a].is(-1)) {
                if (rest >= 0) {
                    throw in.error("at most one -1", Arrays.toString(target), "correct the shape");
                }
                rest = a;
            } else if (out[a].is(0) && !allowZero) {
                if (shape == null) {
                    return List.of(Fact.unknown(type));
                }
                if (a >= shape.length) {
                    throw in.error("0 only for axes of the input (rank " + shape.length + ")", Arrays.toString(target),
                            "correct the shape");
                }
                out[a] = shape[a];
            } else if (out[a].isConstant() && out[a].value() < -1) {
                throw in.error("dimensions of -1 or more", Arrays.toString(target), "correct the shape");
            } else if (!out[a].isAtLeast(allowZero ? 0 : 1)) {
                in.assumeAtMost(allowZero ? Dim.ZERO : Dim.ONE, out[a]);
            }
        }
        if (rest >= 0) {
            if (shape == null) {
                return List.of(Fact.unknown(type));
            }
            out[rest] = rest(in, Dim.product(shape), out, rest, target);
        } else if (shape != null) {
            sameSize(in, Dim.product(shape), Dim.product(out), shape, target);
        }
        Fact fact = Fact.of(type, out);
        return List.of(fact.withContent(in.input(0).content()));
    }

    private Dim rest(Inference in, Dim size, Dim[] out, int rest, Dim[] target) {
        Dim others = Dim.ONE;
        for (int a = 0; a < out.length; a++) {
            others = a == rest ? others : others.times(out[a]);
        }
        if (others.is(0)) {
            throw in.error("no dimension of 0 beside the -1", Arrays.toString(target), "give every dimension");
        }
        Dim quotient = size.floorDiv(others);
        sameSize(in, size, quotient.times(others), in.shape(0), target);
        return quotient;
    }

    private static void sameSize(Inference in, Dim size, Dim wanted, Dim[] shape, Dim[] target) {
        if (size.isConstant() && wanted.isConstant() && !size.equals(wanted)) {
            throw in.error("a shape of " + size + " elements for input " + Arrays.toString(shape),
                    Arrays.toString(target), "correct the shape");
        }
        in.assumeEqual(size, wanted);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return new Tensor[] {inputs[0].reshape(Layout.shapes(this, inputs)[0])};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        return at.view(0);
    }
}
