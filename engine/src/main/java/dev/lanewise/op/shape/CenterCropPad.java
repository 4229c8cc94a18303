package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;

/**
 * ONNX CenterCropPad-18: the middle of a tensor, or the tensor in the middle of zeros, so that its axes have the sizes that the
 * second input lists (INT32 or INT64). An odd element more is cut, or added, at the end.
 *
 * @param axes which axes the sizes are of, may be negative; empty for all
 */
public record CenterCropPad(List<Integer> axes) implements Operator {
    public CenterCropPad {
        axes = List.copyOf(axes);
    }

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0);
        in.type(1, DataType.INT32, DataType.INT64);
        Dim[] shape = in.shape(0);
        Dim[] sizes = Layout.content(in.input(1));
        if (shape == null || sizes == null) {
            return List.of(Fact.unknown(type));
        }
        if (sizes.length != (axes.isEmpty() ? shape.length : axes.size())) {
            throw in.error("a size for each axis", Integer.toString(sizes.length), "give as many sizes as axes");
        }
        Dim[] out = shape.clone();
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i].isConstant() && sizes[i].value() < 0) {
                throw in.error("sizes of 0 or more", sizes[i].toString(), "correct the size");
            }
            out[axes.isEmpty() ? i : in.axis(axes.get(i), shape.length)] = sizes[i];
        }
        return List.of(Fact.of(type, out));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        int[] from = x.shape();
        int[] to = Layout.shapes(this, inputs)[0];
        Tensor y = Tensor.zeros(x.type(), to);
        int rank = from.length;
        int[] index = new int[rank];
        int[] strides = Layout.strides(from);
        for (int o = 0; o < y.size(); o++) {
            int at = 0;
            boolean inside = true;
            for (int a = 0; a < rank; a++) {
                int shift = from[a] > to[a] ? (from[a] - to[a]) / 2 : -((to[a] - from[a]) / 2);
                int i = index[a] + shift;
                inside &= i >= 0 && i < from[a];
                at += i * strides[a];
            }
            if (inside) {
                System.arraycopy(x.array(), at, y.array(), o, 1);
            }
            Layout.next(index, to);
        }
        return new Tensor[] {y};
    }
}
