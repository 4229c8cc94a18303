package dev.lanewise.op.nn;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.op.HalfPrecision;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/**
 * Convolution over any number of spatial axes. Inputs: x {@code [n, c, ...]}, weights {@code [m, c/group, ...]},
 * optional bias {@code [m]}. Output {@code [n, m, ...]}. Each result is one chain of fused multiply-adds over
 * channels and then window elements, the bias added last. ONNX Conv-22.
 */
public record Conv(int group, Window window) implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16);
        in.sameType(0, 1);
        Dim[] out = ConvShape.infer(in, 0, 1, group, window);
        if (in.has(2)) {
            in.sameType(0, 2);
            ConvShape.checkBias(in, 2, out);
        }
        return List.of(out == null ? Fact.unknown(type) : Fact.of(type, out));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return HalfPrecision.inFloat(inputs, in -> {
            int[] shape = ConvShape.of(in[0].shape(), in[1].shape(), group, window);
            Tensor bias = in.length > 2 ? in[2] : null;
            return new Tensor[] {in[0].type() == DataType.FLOAT ? floats(in[0], in[1], bias, shape)
                    : doubles(in[0], in[1], bias, shape)};
        });
    }

    private Tensor floats(Tensor x, Tensor w, Tensor bias, int[] shape) {
        ConvTile tile = new ConvTile(new ScalarKernels(), group, window);
        tile.shapes(x.shape(), w.shape(), shape);
        Tensor y = Tensor.zeros(DataType.FLOAT, shape);
        float[] scratch = new float[tile.scratch()];
        for (int i = 0; i < tile.tiles(); i++) {
            tile.run(i, x.floats(), 0, w.floats(), 0, bias == null ? null : bias.floats(), 0, y.floats(), 0, scratch);
        }
        return y;
    }

    private Tensor doubles(Tensor x, Tensor w, Tensor bias, int[] shape) {
        int[] spatial = Taps.spatial(x.shape());
        Taps taps = Taps.of(window, Taps.spatial(w.shape()), spatial, Taps.spatial(shape));
        int inner = Taps.product(spatial);
        int channels = w.dim(1);
        int outChannels = shape[1];
        Tensor y = Tensor.zeros(DataType.DOUBLE, shape);
        double[] to = y.doubles();
        for (int row = 0; row < shape[0] * outChannels; row++) {
            int m = row % outChannels;
            int first = (row / outChannels * group + m / (outChannels / group)) * channels;
            for (int k = 0; k < channels * taps.size; k++) {
                double factor = w.doubles()[m * channels * taps.size + k];
                int channel = (first + k / taps.size) * inner;
                for (int p = 0; p < taps.positions; p++) {
                    int t = taps.index[k % taps.size * taps.positions + p];
                    if (t >= 0) {
                        int at = row * taps.positions + p;
                        to[at] = Math.fma(factor, x.doubles()[channel + t], to[at]);
                    }
                }
            }
            for (int p = 0; p < taps.positions && bias != null; p++) {
                to[row * taps.positions + p] += bias.doubles()[m];
            }
        }
        return y;
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        if (at.in(0).type() != DataType.FLOAT) {
            return null;
        }
        int x = at.input(0);
        int w = at.input(1);
        int bias = at.has(2) ? at.input(2) : -1;
        int y = at.output(0);
        return () -> new Tiles(new ConvTile(at.kernels(), group, window), x, w, bias, y);
    }

    private static final class Tiles implements Step, Workers.Tile {
        private final ConvTile tile;
        private final int x;
        private final int w;
        private final int bias;
        private final int y;
        private Frame frame;

        Tiles(ConvTile tile, int x, int w, int bias, int y) {
            this.tile = tile;
            this.x = x;
            this.w = w;
            this.bias = bias;
            this.y = y;
        }

        @Override
        public void bind(Frame f) {
            tile.shapes(f.shape(x), f.shape(w), f.shape(y));
            f.needScratch(tile.scratch());
        }

        @Override
        public void run(Frame f, Workers workers) {
            frame = f;
            workers.forEach(tile.tiles(), this);
            frame = null;
        }

        @Override
        public void run(int index, int worker) {
            tile.run(index, frame.floats(x), frame.offset(x), frame.floats(w), frame.offset(w),
                    bias < 0 ? null : frame.floats(bias), bias < 0 ? 0 : frame.offset(bias), frame.floats(y),
                    frame.offset(y), frame.scratch(worker));
        }
    }
}
