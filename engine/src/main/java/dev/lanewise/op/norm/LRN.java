package dev.lanewise.op.norm;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.HalfPrecision;
import java.util.List;

/**
 * Local response normalisation: {@code x / (bias + alpha / size * sum)^beta}, where sum is over the squares of the
 * {@code size} channels around an element. x is {@code [n, c, ...]}, the output as x. Krizhevsky et al. 2012; ONNX
 * LRN-13.
 */
public record LRN(int size, float alpha, float beta, float bias) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        if (size < 1) {
            throw in.error("a size of 1 or more", Integer.toString(size), "correct size");
        }
        return List.of(ChannelInference.sameAsInput(in, 0));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return HalfPrecision.inFloat(inputs,
                in -> new Tensor[] {in[0].type() == DataType.FLOAT ? floats(in[0]) : doubles(in[0])});
    }

    private int before() {
        return (size - 1) / 2;
    }

    private Tensor floats(Tensor x) {
        float[] from = x.floats();
        float[] to = new float[from.length];
        int channels = x.dim(1);
        int inner = from.length == 0 ? 0 : from.length / (x.dim(0) * channels);
        float factor = alpha / size;
        for (int row = 0; row < x.dim(0) * channels; row++) {
            int c = row % channels;
            int first = Math.max(0, c - before()) - c;
            int last = Math.min(channels - 1, c - before() + size - 1) - c;
            for (int i = row * inner; i < (row + 1) * inner; i++) {
                float sum = 0;
                for (int o = first; o <= last; o++) {
                    float v = from[i + o * inner];
                    sum = Math.fma(v, v, sum);
                }
                to[i] = from[i] / (float) StrictMath.pow(Math.fma(factor, sum, bias), beta);
            }
        }
        return Tensor.of(to, x.shape());
    }

    private Tensor doubles(Tensor x) {
        double[] from = x.doubles();
        double[] to = new double[from.length];
        int channels = x.dim(1);
        int inner = from.length == 0 ? 0 : from.length / (x.dim(0) * channels);
        for (int row = 0; row < x.dim(0) * channels; row++) {
            int c = row % channels;
            int first = Math.max(0, c - before()) - c;
            int last = Math.min(channels - 1, c - before() + size - 1) - c;
            for (int i = row * inner; i < (row + 1) * inner; i++) {
                double sum = 0;
                for (int o = first; o <= last; o++) {
                    sum = Math.fma(from[i + o * inner], from[i + o * inner], sum);
                }
                to[i] = from[i] / StrictMath.pow(bias + (double) alpha / size * sum, beta);
            }
        }
        return Tensor.of(to, x.shape());
    }
}
