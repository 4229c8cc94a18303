package dev.lanewise.op.reduce;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import dev.lanewise.op.shape.Layout;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The k largest or smallest elements along an axis in that order, and their positions (INT64); of equal elements the one with
 * the lower position comes first. Inputs: x; k (INT64, one element). ONNX TopK-11; the order is as if {@code sorted} were set,
 * which an operator without it leaves open.
 */
public record TopK(int axis, boolean largest) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, Elements.numbers());
        in.type(1, DataType.INT64);
        Dim[] k = Layout.content(in.input(1));
        Dim[] shape = in.shape(0);
        if (shape == null || k == null) {
            return List.of(Fact.unknown(type), Fact.unknown(DataType.INT64));
        }
        int along = in.axis(axis, shape.length);
        if (k.length != 1) {
            throw in.error("k of one element", in.input(1).toString(), "correct k");
        }
        boolean constant = k[0].isConstant();
        if (constant && (k[0].value() < 0 || shape[along].isConstant() && k[0].value() > shape[along].value())) {
            throw in.error("k in [0, " + shape[along] + "]", k[0].toString(), "correct k");
        }
        if (!constant || !shape[along].isConstant()) {
            in.assumeAtMost(k[0], shape[along]);
        }
        Dim[] out = shape.clone();
        out[along] = k[0];
        return List.of(Fact.of(type, out), Fact.of(DataType.INT64, out));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        long k = inputs[1].longAt(0);
        int along = axis < 0 ? axis + x.rank() : axis;
        int[] shape = x.shape();
        Lines from = Lines.along(along, shape);
        if (k < 0 || k > from.length()) {
            throw new InvalidInputException(null, "k in [0, " + from.length() + "]", Long.toString(k), "correct k");
        }
        shape[along] = (int) k;
        Lines to = Lines.along(along, shape);
        Tensor values = Tensor.zeros(x.type(), shape);
        Tensor positions = Tensor.zeros(DataType.INT64, shape);
        Integer[] order = new Integer[from.length()];
        for (int l = 0; l < from.count(); l++) {
            int start = from.start(l);
            Arrays.setAll(order, i -> i);
            Comparator<Integer> byValue =
                    (a, b) -> Order.compare(x, start + a * from.stride(), start + b * from.stride());
            Arrays.sort(order, largest ? byValue.reversed() : byValue);
            for (int i = 0; i < k; i++) {
                int at = to.start(l) + i * to.stride();
                System.arraycopy(x.array(), start + order[i] * from.stride(), values.array(), at, 1);
                positions.longs()[at] = order[i];
            }
        }
        return new Tensor[] {values, positions};
    }
}
