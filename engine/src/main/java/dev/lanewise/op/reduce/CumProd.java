package dev.lanewise.op.reduce;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import dev.lanewise.op.shape.Layout;
import java.util.List;

/**
 * ONNX CumProd-26: products of all elements up to each along an axis, the second input (INT32 or INT64, one element).
 *
 * @param exclusive each product leaves its own element out
 * @param reverse from the end
 */
public record CumProd(boolean exclusive, boolean reverse) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, Elements.numbers());
        in.type(1, DataType.INT32, DataType.INT64);
        long[] axis = Layout.numbers(in.input(1));
        if (in.shape(0) != null && axis != null && axis.length == 1) {
            in.axis(axis[0], in.shape(0).length);
        }
        return List.of(new Fact(type, in.shape(0), null, null));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        Tensor y = Tensor.zeros(x.type(), x.shape());
        Lines lines = Lines.along((int) inputs[1].longAt(0), x.shape());
        for (int l = 0; l < lines.count(); l++) {
            scan(x, y, lines.start(l), lines.length(), lines.stride());
        }
        return new Tensor[] {y};
    }

    /** FLOAT and 16-bit types multiply as float, DOUBLE as double, integers in 64 bits. */
    private void scan(Tensor x, Tensor y, int start, int n, int stride) {
        double real = 1;
        long whole = 1;
        for (int k = 0; k < n; k++) {
            int i = start + (reverse ? n - 1 - k : k) * stride;
            if (x.type().isFloatingPoint()) {
                double product = real * Elements.doubleAt(x, i);
                product = x.type() == DataType.DOUBLE ? product : (float) product;
                Elements.set(y, i, exclusive ? real : product);
                real = product;
            } else {
                long product = whole * x.longAt(i);
                Elements.set(y, i, exclusive ? whole : product);
                whole = product;
            }
        }
    }
}
