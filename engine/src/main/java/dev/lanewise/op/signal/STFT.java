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
 * ONNX STFT-17: Fourier transforms of overlapping frames. Inputs: signal {@code [n, length, 1 or 2]}, step between frames
 * (integer), optional window {@code [frame length]}, optional frame length (integer). Output {@code [n, frames, bins, 2]}.
 *
 * @param oneSided only the bins 0 to half the frame length, for real signals
 */
public record STFT(boolean oneSided) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, Elements.floats());
        in.type(1, DataType.INT32, DataType.INT64);
        Dim[] shape = in.shape(0);
        if (shape != null && shape.length != 3) {
            throw in.error("a signal of rank 3", in.input(0).toString(), "reshape it");
        }
        if (in.has(2)) {
            in.sameType(0, 2);
        } else if (!in.has(3)) {
            throw in.error("a window or a frame length", "neither", "give one");
        }
        long[] step = Layout.numbers(in.input(1));
        Dim frame = frame(in);
        if (shape == null || step == null || step.length != 1 || frame == null) {
            return List.of(Fact.unknown(type));
        }
        if (step[0] < 1 || frame.isConstant() && frame.value() < 1) {
            throw in.error("a step and a frame of 1 or more", step[0] + " and " + frame, "correct them");
        }
        if (frame.isConstant() && shape[1].isConstant() && frame.value() > shape[1].value()) {
            throw in.error("a signal of one frame or more", shape[1] + " values", "give a longer one");
        }
        in.assumeAtMost(frame, shape[1]);
        Dim frames = shape[1].minus(frame).floorDiv(Dim.constant(step[0])).plus(1);
        Dim bins = oneSided ? frame.floorDiv(Dim.constant(2)).plus(1) : frame;
        return List.of(Fact.of(type, shape[0], frames, bins, Dim.constant(2)));
    }

    private static Dim frame(Inference in) {
        if (in.has(3)) {
            Dim[] length = Layout.content(in.input(3));
            return length == null || length.length != 1 ? null : length[0];
        }
        return in.shape(2) == null || in.shape(2).length != 1 ? null : in.shape(2)[0];
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        Tensor window = Layout.optional(inputs, 2);
        Tensor length = Layout.optional(inputs, 3);
        int[] to = Layout.shapes(this, inputs)[0];
        int step = Math.toIntExact(inputs[1].longAt(0));
        int frame = length != null ? Math.toIntExact(length.longAt(0)) : window.size();
        if (window != null && window.size() != frame) {
            throw new InvalidInputException(null, "a window of " + frame + " values", window.toString(), "correct it");
        }
        int parts = x.dim(2);
        Tensor y = Tensor.zeros(x.type(), to);
        for (int f = 0; f < to[0] * to[1]; f++) {
            int start = f / to[1] * x.dim(1) + f % to[1] * step;
            double[] real = new double[frame];
            double[] imaginary = new double[frame];
            for (int i = 0; i < frame; i++) {
                double weight = window == null ? 1 : Elements.doubleAt(window, i);
                real[i] = weight * Elements.doubleAt(x, (start + i) * parts);
                imaginary[i] = parts == 2 ? weight * Elements.doubleAt(x, (start + i) * parts + 1) : 0;
            }
            Fourier.transform(real, imaginary, false);
            for (int k = 0; k < to[2]; k++) {
                Elements.set(y, (f * to[2] + k) * 2, real[k]);
                Elements.set(y, (f * to[2] + k) * 2 + 1, imaginary[k]);
            }
        }
        return new Tensor[] {y};
    }
}
