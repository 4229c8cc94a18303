package dev.lanewise.op.norm;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.op.HalfPrecision;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import dev.lanewise.op.elementwise.Binary;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code x / sqrt(mean(x²) + epsilon) * scale} over the axes from {@code axis} on. Inputs: x, and scale that
 * broadcasts to x. The output has the type of scale. Zhang and Sennrich 2019; ONNX RMSNormalization-23.
 */
public record RMSNormalization(int axis, float epsilon) implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = ChannelInference.floatType(in, 0);
        DataType out = ChannelInference.floatType(in, 1);
        if ((type == DataType.DOUBLE) != (out == DataType.DOUBLE)) {
            throw in.error("scale of a type that goes with " + type, out.toString(), "cast it");
        }
        if (!in.shapesKnown()) {
            return List.of(Fact.unknown(out));
        }
        Dim[] x = in.shape(0);
        in.axis(axis, x.length);
        if (in.shape(1).length > x.length || !fits(in, in.shape(1), x)) {
            throw in.error("scale that broadcasts to " + in.input(0), in.input(1).toString(), "check the shapes");
        }
        return List.of(Fact.of(out, x));
    }

    private static boolean fits(Inference in, Dim[] scale, Dim[] x) {
        for (int d = 0; d < scale.length; d++) {
            Dim due = x[d + x.length - scale.length];
            if (scale[d].is(1)) {
                continue;
            }
            if (scale[d].isConstant() && due.isConstant() && !scale[d].equals(due)) {
                return false;
            }
            in.assumeEqual(due, scale[d]);
        }
        return true;
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor[] in = HalfPrecision.widened(inputs);
        Tensor x = in[0];
        int width = 1;
        for (int d = axis < 0 ? axis + x.rank() : axis; d < x.rank(); d++) {
            width *= x.dim(d);
        }
        Tensor scaled = new Binary(Binary.Function.MUL).evaluate(new Tensor[] {normalised(x, width), in[1]})[0];
        return new Tensor[] {HalfPrecision.narrowed(scaled, inputs[1].type())};
    }

    private Tensor normalised(Tensor x, int width) {
        Tensor y = Tensor.zeros(x.type(), x.shape());
        int rows = width == 0 ? 0 : x.size() / width;
        if (x.type() == DataType.FLOAT) {
            float[] ones = new float[width];
            Arrays.fill(ones, 1);
            Standardized.KERNELS.rmsNormRows(rows, width, x.floats(), 0, width, ones, epsilon, y.floats(), 0, width);
            return y;
        }
        for (int r = 0; r < rows; r++) {
            double inverse = 1 / Math.sqrt(Standardized.variance(x.doubles(), r * width, width, 0) + epsilon);
            for (int i = r * width; i < (r + 1) * width; i++) {
                y.doubles()[i] = x.doubles()[i] * inverse;
            }
        }
        return y;
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        int rank = at.in(0).rank();
        Tensor scale = at.constant(1);
        int from = axis < 0 ? axis + rank : axis;
        Dim width = Dim.product(Arrays.copyOfRange(at.in(0).shape(), from, rank));
        if (at.in(0).type() != DataType.FLOAT || scale == null || scale.type() != DataType.FLOAT
                || !width.is(scale.size())) {
            return null;
        }
        int x = at.input(0);
        int y = at.output(0);
        Kernels kernels = at.kernels();
        float[] s = scale.floats();
        int n = s.length;
        return () -> new RowBlocks(x, y, n,
                (rows, in, inAt, out, outAt) -> kernels.rmsNormRows(rows, n, in, inAt, n, s, epsilon, out, outAt, n));
    }
}
