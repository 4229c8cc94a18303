package dev.lanewise.op.nn;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import dev.lanewise.op.shape.Layout;
import java.util.List;

/**
 * ONNX MaxUnpool-22: values {@code [n, c, ...]} at the places {@code [n, c, ...]} (INT64) where pooling took them from, zeros
 * elsewhere. Places count through the tensor of the size that pooling had to have; an output size in the third input may
 * be larger, and has the rest at its ends.
 */
public record MaxUnpool(List<Integer> kernel, List<Integer> strides, List<Integer> pads) implements Operator {
    public MaxUnpool {
        kernel = List.copyOf(kernel);
        strides = List.copyOf(strides);
        pads = List.copyOf(pads);
    }

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, Elements.floats());
        in.type(1, DataType.INT64);
        int spatial = kernel.size();
        Dim[] shape = in.shape(0);
        if (strides.size() != spatial || pads.size() != 2 * spatial || shape != null && shape.length != spatial + 2) {
            throw in.error("strides and pads for " + spatial + " spatial axes", in.input(0) + ", " + strides + ", "
                    + pads, "correct the attributes");
        }
        if (in.has(2)) {
            Dim[] given = Layout.content(in.input(2));
            if (given != null && given.length != spatial + 2) {
                throw in.error("an output of rank " + (spatial + 2), Integer.toString(given.length), "correct it");
            }
            return List.of(given == null ? Fact.unknown(type) : Fact.of(type, given));
        }
        if (shape == null) {
            return List.of(Fact.unknown(type));
        }
        Dim[] out = shape.clone();
        for (int a = 0; a < spatial; a++) {
            out[a + 2] = shape[a + 2].plus(-1).times(strides.get(a)).plus(extent(a));
        }
        return List.of(Fact.of(type, out));
    }

    private int extent(int axis) {
        return kernel.get(axis) - pads.get(axis) - pads.get(axis + kernel.size());
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        int[] pooled = x.shape();
        for (int a = 0; a < kernel.size(); a++) {
            pooled[a + 2] = (pooled[a + 2] - 1) * strides.get(a) + extent(a);
        }
        int size = Tensor.sizeOf(pooled);
        Tensor y = Tensor.zeros(x.type(), Layout.shapes(this, inputs)[0]);
        int[] to = y.shape();
        int[] outer = Layout.strides(to);
        int[] inner = Layout.strides(pooled);
        for (int i = 0; i < x.size(); i++) {
            long place = inputs[1].longs()[i];
            if (place < 0 || place >= size) {
                throw new InvalidInputException(null, "places in [0, " + (size - 1) + "]", Long.toString(place),
                        "give the places that MaxPool gave");
            }
            int at = 0;
            int left = (int) place;
            boolean inside = true;
            for (int a = 0; a < to.length; a++) {
                int index = left / inner[a];
                left %= inner[a];
                inside &= index < to[a];
                at += index * outer[a];
            }
            if (inside) {
                System.arraycopy(x.array(), i, y.array(), at, 1);
            }
        }
        return new Tensor[] {y};
    }
}
