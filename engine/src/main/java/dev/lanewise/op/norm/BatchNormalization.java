package dev.lanewise.op.norm;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.HalfPrecision;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code (x - mean) / sqrt(variance + epsilon) * scale + bias} for each channel. Inputs: x {@code [n, c, ...]},
 * then scale, bias, mean and variance {@code [c]}. In training the statistics are those of x, and two more outputs
 * hold the running mean and variance: {@code running * momentum + current * (1 - momentum)}. Ioffe and Szegedy
 * 2015; ONNX BatchNormalization-15.
 */
public record BatchNormalization(float epsilon, float momentum, boolean training) implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        Fact y = ChannelInference.sameAsInput(in, 4);
        if (!training) {
            return List.of(y);
        }
        Fact statistics = y.hasShape() ? Fact.of(in.input(3).type(), y.shape()[1]) : Fact.unknown(in.input(3).type());
        return List.of(y, statistics, statistics);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor[] in = HalfPrecision.widened(inputs);
        if (in[0].type() == DataType.DOUBLE) {
            return doubles(in);
        }
        Tensor[] out = floats(in);
        out[0] = HalfPrecision.narrowed(out[0], inputs[0].type());
        for (int i = 1; i < out.length; i++) {
            out[i] = HalfPrecision.narrowed(out[i], inputs[3].type());
        }
        return out;
    }

    private Tensor[] floats(Tensor[] in) {
        Tensor x = in[0];
        int channels = x.dim(1);
        int inner = x.size() == 0 ? 0 : x.size() / (x.dim(0) * channels);
        float[] mean = in[3].floats().clone();
        float[] variance = in[4].floats().clone();
        if (training) {
            float[] values = new float[x.dim(0) * inner];
            float[] deviations = new float[values.length];
            for (int c = 0; c < channels; c++) {
                gather(x, c, inner, values);
                mean[c] = Standardized.mean(values, 0, values.length);
                variance[c] = Standardized.variance(values, 0, values.length, mean[c], deviations);
            }
        }
        Tensor y = Tensor.zeros(DataType.FLOAT, x.shape());
        float[] from = x.floats();
        float[] to = y.floats();
        for (int row = 0; row < x.dim(0) * channels; row++) {
            int c = row % channels;
            float factor = factor(in[1].floats()[c], variance[c]);
            apply(from, row * inner, to, row * inner, inner, mean[c], factor, in[2].floats()[c]);
        }
        if (!training) {
            return new Tensor[] {y};
        }
        for (int c = 0; c < channels; c++) {
            mean[c] = in[3].floats()[c] * momentum + mean[c] * (1 - momentum);
            variance[c] = in[4].floats()[c] * momentum + variance[c] * (1 - momentum);
        }
        return new Tensor[] {y, Tensor.of(mean, channels), Tensor.of(variance, channels)};
    }

    private float factor(float scale, float variance) {
        return scale / (float) Math.sqrt(variance + epsilon);
    }

    private static void apply(float[] x, int from, float[] y, int to, int n, float mean, float factor, float bias) {
        for (int i = 0; i < n; i++) {
            y[to + i] = Math.fma(x[from + i] - mean, factor, bias);
        }
    }

    private Tensor[] doubles(Tensor[] in) {
        Tensor x = in[0];
        int channels = x.dim(1);
        int inner = x.size() == 0 ? 0 : x.size() / (x.dim(0) * channels);
        double[] mean = in[3].doubles().clone();
        double[] variance = in[4].doubles().clone();
        if (training) {
            double[] values = new double[x.dim(0) * inner];
            for (int c = 0; c < channels; c++) {
                gather(x, c, inner, values);
                mean[c] = Standardized.mean(values, 0, values.length);
                variance[c] = Standardized.variance(values, 0, values.length, mean[c]);
            }
        }
        Tensor y = Tensor.zeros(DataType.DOUBLE, x.shape());
        for (int row = 0; row < x.dim(0) * channels; row++) {
            int c = row % channels;
            double factor = in[1].doubles()[c] / Math.sqrt(variance[c] + epsilon);
            for (int i = row * inner; i < (row + 1) * inner; i++) {
                y.doubles()[i] = Math.fma(x.doubles()[i] - mean[c], factor, in[2].doubles()[c]);
            }
        }
        if (!training) {
            return new Tensor[] {y};
        }
        for (int c = 0; c < channels; c++) {
            mean[c] = in[3].doubles()[c] * momentum + mean[c] * (1 - momentum);
            variance[c] = in[4].doubles()[c] * momentum + variance[c] * (1 - momentum);
        }
        return new Tensor[] {y, Tensor.of(mean, channels), Tensor.of(variance, channels)};
    }

    /** The elements of one channel of all instances. */
    private static void gather(Tensor x, int channel, int inner, Object values) {
        for (int n = 0; n < x.dim(0); n++) {
            System.arraycopy(x.array(), (n * x.dim(1) + channel) * inner, values, n * inner, inner);
        }
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        for (int i = 0; i < 5; i++) {
            if (training || at.in(i).type() != DataType.FLOAT || i > 0 && at.constant(i) == null) {
                return null;
            }
        }
        float[] factors = at.pack(List.of(at.constant(1), at.constant(4)), "batch factors " + epsilon, () -> {
            float[] f = at.constant(1).floats().clone();
            for (int c = 0; c < f.length; c++) {
                f[c] = factor(f[c], at.constant(4).floats()[c]);
            }
            return f;
        });
        float[] biases = at.constant(2).floats();
        float[] means = at.constant(3).floats();
        int x = at.input(0);
        int y = at.output(0);
        return () -> new Channels(x, y, means, factors, biases);
    }

    /** One tile is one channel of one instance. */
    private static final class Channels implements Step, Workers.Tile {
        private final int x;
        private final int y;
        private final float[] means;
        private final float[] factors;
        private final float[] biases;
        private int rows;
        private int inner;
        private Frame frame;

        Channels(int x, int y, float[] means, float[] factors, float[] biases) {
            this.x = x;
            this.y = y;
            this.means = means;
            this.factors = factors;
            this.biases = biases;
        }

        @Override
        public void bind(Frame f) {
            rows = f.shape(x)[0] * means.length;
            inner = rows == 0 ? 0 : f.size(x) / rows;
        }

        @Override
        public void run(Frame f, Workers workers) {
            frame = f;
            workers.forEach(rows, this);
            frame = null;
        }

        @Override
        public void run(int index, int worker) {
            int c = index % means.length;
            apply(frame.floats(x), frame.offset(x) + index * inner, frame.floats(y), frame.offset(y) + index * inner,
                    inner, means[c], factors[c], biases[c]);
        }
    }
}
