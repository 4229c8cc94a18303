package dev.lanewise.op.norm;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.kernel.ReduceFunction;
import dev.lanewise.op.HalfPrecision;
import java.util.List;

/**
 * x divided by its norm along {@code axis}: the sum of magnitudes (p = 1) or the root of the sum of squares (p =
 * 2); zeros stay zeros. Output as input. ONNX LpNormalization-22.
 */
public record LpNormalization(int axis, int p) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = ChannelInference.floatType(in, 0);
        if (p != 1 && p != 2) {
            throw in.error("p of 1 or 2", Integer.toString(p), "correct p");
        }
        if (!in.input(0).hasShape()) {
            return List.of(Fact.unknown(type));
        }
        in.axis(axis, in.shape(0).length);
        return List.of(Fact.of(type, in.shape(0)));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return HalfPrecision.inFloat(inputs, in -> new Tensor[] {normalised(in[0])});
    }

    private Tensor normalised(Tensor x) {
        int at = axis < 0 ? axis + x.rank() : axis;
        int n = x.dim(at);
        int inner = 1;
        for (int d = at + 1; d < x.rank(); d++) {
            inner *= x.dim(d);
        }
        Tensor y = Tensor.zeros(x.type(), x.shape());
        int lines = n == 0 ? 0 : x.size() / n;
        float[] line = new float[n];
        for (int l = 0; l < lines; l++) {
            int first = l / inner * n * inner + l % inner;
            if (x.type() == DataType.FLOAT) {
                for (int i = 0; i < n; i++) {
                    line[i] = x.floats()[first + i * inner];
                }
                float norm = norm(line);
                for (int i = 0; i < n; i++) {
                    y.floats()[first + i * inner] = norm == 0 ? 0 : line[i] / norm;
                }
            } else {
                double norm = norm(x.doubles(), first, n, inner);
                for (int i = 0; i < n; i++) {
                    y.doubles()[first + i * inner] = norm == 0 ? 0 : x.doubles()[first + i * inner] / norm;
                }
            }
        }
        return y;
    }

    private float norm(float[] line) {
        ReduceFunction f = p == 1 ? ReduceFunction.SUM_ABS : ReduceFunction.SUM_SQUARES;
        float sum = Standardized.KERNELS.reduce(f, line, 0, line.length);
        return p == 1 ? sum : (float) Math.sqrt(sum);
    }

    private double norm(double[] x, int first, int n, int step) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double v = x[first + i * step];
            sum = p == 1 ? sum + Math.abs(v) : Math.fma(v, v, sum);
        }
        return p == 1 ? sum : Math.sqrt(sum);
    }
}
