package dev.lanewise.op.nn;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import java.util.List;

/** The p-norm of each window, computed in double. Input {@code [n, c, ...]}. ONNX LpPool-22. */
public record LpPool(Window window, int p) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = PoolShape.floatType(in);
        if (p < 1) {
            throw in.error("p of 1 or more", Integer.toString(p), "correct p");
        }
        Dim[] out = PoolShape.infer(in, window);
        return List.of(out == null ? Fact.unknown(type) : Fact.of(type, out));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        int[] shape = PoolShape.of(x.shape(), window);
        int[] spatial = Taps.spatial(x.shape());
        Taps taps = Taps.of(window, window.kernel(null), spatial, Taps.spatial(shape));
        int inner = Taps.product(spatial);
        Tensor y = Tensor.zeros(x.type(), shape);
        for (int i = 0; i < y.size(); i++) {
            double sum = 0;
            for (int q = 0; q < taps.size; q++) {
                int t = taps.index[q * taps.positions + i % taps.positions];
                sum += t < 0 ? 0 : power(Elements.doubleAt(x, i / taps.positions * inner + t), p);
            }
            Elements.set(y, i, root(sum, p));
        }
        return new Tensor[] {y};
    }

    static double power(double x, int p) {
        return switch (p) {
            case 1 -> Math.abs(x);
            case 2 -> x * x;
            default -> StrictMath.pow(Math.abs(x), p);
        };
    }

    static double root(double sum, int p) {
        return switch (p) {
            case 1 -> sum;
            case 2 -> Math.sqrt(sum);
            default -> StrictMath.pow(sum, 1.0 / p);
        };
    }
}
