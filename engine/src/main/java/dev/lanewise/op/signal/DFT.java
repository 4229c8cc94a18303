package dev.lanewise.op.signal;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import dev.lanewise.op.shape.Layout;
import java.util.List;

/**
 * ONNX DFT-20: the discrete Fourier transform along an axis. Inputs: {@code [..., 1]} (real) or {@code [..., 2]} (complex), the
 * length (INT64; longer signals are cut, shorter ones are zero at their end), the axis (INT64, by default the last but one of the
 * signal). Output: {@code [..., 2]}; {@code [..., 1]} for a one-sided inverse.
 *
 * @param inverse from frequencies to signal, divided by the length
 * @param oneSided only the frequencies that are 0 or positive: what a real signal needs
 */
public record DFT(boolean inverse, boolean oneSided) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, Elements.floats());
        Dim[] shape = in.shape(0);
        long[] axis = in.has(2) ? Layout.numbers(in.input(2)) : new long[] {-2};
        Dim[] length = in.has(1) ? Layout.content(in.input(1)) : null;
        if (shape == null || axis == null || in.has(1) && length == null) {
            return List.of(Fact.unknown(type));
        }
        Dim parts = shape.length < 2 ? null : shape[shape.length - 1];
        if (parts == null || parts.isConstant() && !parts.is(1) && !parts.is(2) || axis.length != 1
                || length != null && length.length != 1) {
            throw in.error("a signal [..., 1] or [..., 2], one axis and one length", in.input(0).toString(),
                    "reshape the signal");
        }
        int at = in.axis(axis[0], shape.length);
        if (at == shape.length - 1) {
            throw in.error("an axis before the last", Long.toString(axis[0]), "correct the axis");
        }
        Dim[] out = shape.clone();
        Dim whole = length != null ? length[0] : oneSided && inverse ? shape[at].plus(-1).times(2) : shape[at];
        out[at] = oneSided && !inverse ? whole.floorDiv(Dim.constant(2)).plus(1) : whole;
        out[shape.length - 1] = Dim.constant(oneSided && inverse ? 1 : 2);
        return List.of(Fact.of(type, out));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        Tensor axis = Layout.optional(inputs, 2);
        int[] to = Layout.shapes(this, inputs)[0];
        int at = Layout.axis(axis == null ? -2 : (int) axis.longAt(0), x.rank());
        int count = x.dim(at);
        int parts = x.dim(x.rank() - 1);
        int outParts = to[to.length - 1];
        Tensor given = Layout.optional(inputs, 1);
        long length = given != null ? given.longAt(0) : oneSided && inverse ? to[at] : count;
        if (length < 1 && x.size() > 0) {
            throw new InvalidInputException(null, "a length of 1 or more", Long.toString(length), "correct it");
        }
        Tensor y = Tensor.zeros(x.type(), to);
        int inner = Layout.product(x.shape(), at + 1, x.rank() - 1);
        int lines = Layout.product(x.shape(), 0, at) * inner;
        for (int line = 0; line < lines; line++) {
            double[] real = new double[(int) length];
            double[] imaginary = new double[real.length];
            int outer = line / inner;
            int rest = line % inner;
            for (int i = 0; i < Math.min(count, real.length); i++) {
                int from = ((outer * count + i) * inner + rest) * parts;
                real[i] = Elements.doubleAt(x, from);
                imaginary[i] = parts == 2 ? Elements.doubleAt(x, from + 1) : 0;
            }
            if (oneSided && inverse) {
                mirror(real, imaginary, count);
            }
            Fourier.transform(real, imaginary, inverse);
            double factor = inverse ? 1.0 / real.length : 1;
            for (int k = 0; k < to[at]; k++) {
                int into = ((outer * to[at] + k) * inner + rest) * outParts;
                Elements.set(y, into, real[k] * factor);
                if (outParts == 2) {
                    Elements.set(y, into + 1, imaginary[k] * factor);
                }
            }
        }
        return new Tensor[] {y};
    }

    /** Negative frequencies of a real signal are the conjugates of the positive ones. */
    private static void mirror(double[] real, double[] imaginary, int given) {
        for (int k = given; k < real.length; k++) {
            real[k] = real[real.length - k];
            imaginary[k] = -imaginary[real.length - k];
        }
    }
}
