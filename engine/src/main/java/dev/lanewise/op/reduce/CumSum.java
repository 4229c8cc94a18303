package dev.lanewise.op.reduce;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.Elements;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import dev.lanewise.op.shape.Layout;
import java.util.List;
import java.util.function.Supplier;

/**
 * Running sums along an axis, one addition after the other. Inputs: x; the axis (INT32 or INT64, one element). ONNX
 * CumSum-14.
 *
 * @param exclusive each sum leaves its own element out
 * @param reverse from the end
 */
public record CumSum(boolean exclusive, boolean reverse) implements Lowerable {
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
            scan(x.type(), x.array(), lines.start(l), y.array(), lines.start(l), lines.length(), lines.stride());
        }
        return new Tensor[] {y};
    }

    /** FLOAT and 16-bit types add as float, DOUBLE as double, integers in 64 bits. */
    private void scan(DataType type, Object x, int from, Object y, int to, int n, int stride) {
        double real = 0;
        long whole = 0;
        for (int k = 0; k < n; k++) {
            int i = (reverse ? n - 1 - k : k) * stride;
            if (type.isFloatingPoint()) {
                double sum = real + Elements.real(type, x, from + i);
                sum = type == DataType.DOUBLE ? sum : (float) sum;
                Elements.setReal(type, y, to + i, exclusive ? real : sum);
                real = sum;
            } else {
                long sum = whole + Elements.integer(type, x, from + i);
                Elements.setInteger(type, y, to + i, exclusive ? whole : sum);
                whole = sum;
            }
        }
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        long[] axis = Layout.numbers(at.in(1));
        if (axis == null || axis.length != 1) {
            return null;
        }
        DataType type = at.in(0).type();
        int rank = at.in(0).rank();
        int along = (int) (axis[0] < 0 ? axis[0] + rank : axis[0]);
        int x = at.input(0);
        int y = at.output(0);
        return () -> new Step() {
            @Override
            public void run(Frame f, Workers workers) {
                int[] shape = f.shape(x);
                int stride = 1;
                for (int d = along + 1; d < rank; d++) {
                    stride *= shape[d];
                }
                int n = shape[along];
                int lines = n == 0 ? 0 : f.size(x) / n;
                for (int l = 0; l < lines; l++) {
                    int start = l / stride * n * stride + l % stride;
                    scan(type, f.array(x), f.offset(x) + start, f.array(y), f.offset(y) + start, n, stride);
                }
            }
        };
    }
}
