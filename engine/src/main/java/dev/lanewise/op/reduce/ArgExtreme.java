package dev.lanewise.op.reduce;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Position (INT64) of the largest or smallest element along an axis, which is kept as 1 or removed; the first NaN counts as
 * either. ONNX ArgMax-13, ArgMin-13.
 *
 * @param selectLastIndex the last of equal elements rather than the first
 */
public record ArgExtreme(Extreme extreme, int axis, boolean keepDims, boolean selectLastIndex) implements Operator {
    /** Which element is looked for. */
    public enum Extreme {
        MAX, MIN
    }

    @Override
    public String name() {
        return extreme == Extreme.MAX ? "ArgMax" : "ArgMin";
    }

    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, Elements.numbers());
        Dim[] shape = in.shape(0);
        if (shape == null) {
            return List.of(Fact.unknown(DataType.INT64));
        }
        int along = in.axis(axis, shape.length);
        if (shape[along].is(0)) {
            throw in.error("an axis with elements", in.input(0).toString(), "give at least one element");
        }
        Dim[] out = IntStream.range(0, shape.length).filter(d -> keepDims || d != along)
                .mapToObj(d -> d == along ? Dim.ONE : shape[d]).toArray(Dim[]::new);
        return List.of(Fact.of(DataType.INT64, out));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        int[] shape = x.shape();
        int along = axis < 0 ? axis + shape.length : axis;
        Lines lines = Lines.along(along, shape);
        if (lines.length() == 0) {
            throw new InvalidInputException(null, "an axis with elements", x.toString(), "give at least one element");
        }
        long[] y = new long[lines.count()];
        for (int l = 0; l < y.length; l++) {
            y[l] = position(x, lines.start(l), lines.length(), lines.stride());
        }
        int[] out = IntStream.range(0, shape.length).filter(d -> keepDims || d != along)
                .map(d -> d == along ? 1 : shape[d]).toArray();
        return new Tensor[] {Tensor.of(y, out)};
    }

    private int position(Tensor x, int start, int n, int stride) {
        int best = 0;
        for (int i = 0; i < n; i++) {
            if (Order.isNaN(x, start + i * stride)) {
                return i;
            }
            int order = Order.compare(x, start + i * stride, start + best * stride);
            order = extreme == Extreme.MAX ? order : -order;
            best = order > 0 || order == 0 && selectLastIndex ? i : best;
        }
        return best;
    }
}
