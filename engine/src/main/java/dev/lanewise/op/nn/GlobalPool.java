package dev.lanewise.op.nn;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.ReduceFunction;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.op.HalfPrecision;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/**
 * Pooling over whole channels: {@code [n, c, ...]} gives {@code [n, c, 1, ...]}. ONNX GlobalAveragePool-22,
 * GlobalMaxPool-22, GlobalLpPool-22.
 *
 * @param p of the norm, for LP
 */
public record GlobalPool(Kind kind, int p) implements Lowerable {
    /** What is taken of a channel. */
    public enum Kind {
        AVERAGE, MAX, LP
    }

    @Override
    public String name() {
        return switch (kind) {
            case AVERAGE -> "GlobalAveragePool";
            case MAX -> "GlobalMaxPool";
            case LP -> "GlobalLpPool";
        };
    }

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = PoolShape.floatType(in);
        if (kind == Kind.LP && p < 1) {
            throw in.error("p of 1 or more", Integer.toString(p), "correct p");
        }
        Dim[] out = PoolShape.inferGlobal(in);
        return List.of(out == null ? Fact.unknown(type) : Fact.of(type, out));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return HalfPrecision.inFloat(inputs, in -> {
            Tensor x = in[0];
            Tensor y = Tensor.zeros(x.type(), PoolShape.global(x.shape()));
            int inner = Taps.product(Taps.spatial(x.shape()));
            ScalarKernels kernels = new ScalarKernels();
            for (int i = 0; i < y.size(); i++) {
                if (x.type() == DataType.FLOAT) {
                    y.floats()[i] = pooled(kernels, x.floats(), i * inner, inner);
                } else {
                    y.doubles()[i] = pooled(x.doubles(), i * inner, inner);
                }
            }
            return new Tensor[] {y};
        });
    }

    private float pooled(Kernels kernels, float[] x, int from, int n) {
        return switch (kind) {
            case AVERAGE -> kernels.reduce(ReduceFunction.SUM, x, from, n) / n;
            case MAX -> kernels.reduce(ReduceFunction.MAX, x, from, n);
            case LP -> {
                double sum = 0;
                for (int i = from; i < from + n; i++) {
                    sum += LpPool.power(x[i], p);
                }
                yield (float) LpPool.root(sum, p);
            }
        };
    }

    private double pooled(double[] x, int from, int n) {
        double result = kind == Kind.MAX ? Double.NEGATIVE_INFINITY : 0;
        for (int i = from; i < from + n; i++) {
            result = switch (kind) {
                case AVERAGE -> result + x[i];
                case MAX -> Math.max(result, x[i]);
                case LP -> result + LpPool.power(x[i], p);
            };
        }
        return switch (kind) {
            case AVERAGE -> result / n;
            case MAX -> result;
            case LP -> LpPool.root(result, p);
        };
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        if (at.in(0).type() != DataType.FLOAT) {
            return null;
        }
        int x = at.input(0);
        int y = at.output(0);
        return () -> new Channels(this, at.kernels(), x, y);
    }

    /** One tile is a block of channels. */
    private static final class Channels implements Step, Workers.Tile {
        private static final int BLOCK = 64;
        private final GlobalPool op;
        private final Kernels kernels;
        private final int x;
        private final int y;
        private int channels;
        private int inner;
        private Frame frame;

        Channels(GlobalPool op, Kernels kernels, int x, int y) {
            this.op = op;
            this.kernels = kernels;
            this.x = x;
            this.y = y;
        }

        @Override
        public void bind(Frame f) {
            channels = f.size(y);
            inner = Taps.product(Taps.spatial(f.shape(x)));
        }

        @Override
        public void run(Frame f, Workers workers) {
            frame = f;
            workers.forEach((channels + BLOCK - 1) / BLOCK, this);
            frame = null;
        }

        @Override
        public void run(int index, int worker) {
            for (int c = index * BLOCK; c < Math.min(channels, (index + 1) * BLOCK); c++) {
                frame.floats(y)[frame.offset(y) + c] =
                        op.pooled(kernels, frame.floats(x), frame.offset(x) + c * inner, inner);
            }
        }
    }
}
