package dev.lanewise.op.reduce;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.ReduceFunction;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.kernel.scalar.ScalarMath;
import dev.lanewise.op.Elements;
import java.util.List;

/** Functions of a whole line of real numbers that give a line of the same length. */
public enum LineFunction {
    SOFTMAX("Softmax"), LOG_SOFTMAX("LogSoftmax"), HARDMAX("Hardmax");

    private static final Kernels SCALAR = new ScalarKernels();

    private final String onnxName;

    LineFunction(String onnxName) {
        this.onnxName = onnxName;
    }

    String onnxName() {
        return onnxName;
    }

    static List<Fact> infer(Inference in, int axis) {
        DataType type = in.type(0, Elements.floats());
        if (in.shape(0) != null) {
            in.axis(axis, Math.max(1, in.shape(0).length));
        }
        return List.of(new Fact(type, in.shape(0), null, null));
    }

    /** Applies it to each line; 16-bit types are computed as FLOAT. */
    Tensor map(Tensor x, Lines lines) {
        int n = lines.length();
        if (x.type() == DataType.DOUBLE) {
            double[] y = x.doubles().clone();
            double[] line = new double[n];
            for (int l = 0; l < lines.count(); l++) {
                for (int i = 0; i < n; i++) {
                    line[i] = y[lines.start(l) + i * lines.stride()];
                }
                apply(line);
                for (int i = 0; i < n; i++) {
                    y[lines.start(l) + i * lines.stride()] = line[i];
                }
            }
            return Tensor.of(y, x.shape());
        }
        float[] y = Elements.floats(x).clone();
        float[] line = new float[n];
        for (int l = 0; l < lines.count(); l++) {
            for (int i = 0; i < n; i++) {
                line[i] = y[lines.start(l) + i * lines.stride()];
            }
            apply(line);
            for (int i = 0; i < n; i++) {
                y[lines.start(l) + i * lines.stride()] = line[i];
            }
        }
        return Elements.ofFloats(x.type(), y, x.shape());
    }

    private void apply(float[] line) {
        int n = line.length;
        switch (this) {
            case SOFTMAX -> SCALAR.softmaxRows(1, n, line, 0, n, line, 0, n);
            case LOG_SOFTMAX -> {
                float max = SCALAR.reduce(ReduceFunction.MAX, line, 0, n);
                float[] exponentials = new float[n];
                for (int i = 0; i < n; i++) {
                    line[i] -= max;
                    exponentials[i] = ScalarMath.exp(line[i]);
                }
                float log = (float) StrictMath.log(SCALAR.reduce(ReduceFunction.SUM, exponentials, 0, n));
                for (int i = 0; i < n; i++) {
                    line[i] -= log;
                }
            }
            case HARDMAX -> {
                int largest = 0;
                for (int i = 1; i < n; i++) {
                    largest = line[i] > line[largest] ? i : largest;
                }
                for (int i = 0; i < n; i++) {
                    line[i] = i == largest ? 1 : 0;
                }
            }
        }
    }

    private void apply(double[] line) {
        double max = Double.NEGATIVE_INFINITY;
        int largest = 0;
        for (int i = 0; i < line.length; i++) {
            largest = line[i] > line[largest] ? i : largest;
            max = Math.max(max, line[i]);
        }
        double sum = 0;
        for (double v : line) {
            sum += StrictMath.exp(v - max);
        }
        for (int i = 0; i < line.length; i++) {
            line[i] = switch (this) {
                case SOFTMAX -> StrictMath.exp(line[i] - max) / sum;
                case LOG_SOFTMAX -> line[i] - max - StrictMath.log(sum);
                case HARDMAX -> i == largest ? 1 : 0;
            };
        }
    }
}
