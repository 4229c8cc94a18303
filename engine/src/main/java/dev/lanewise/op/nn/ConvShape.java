package dev.lanewise.op.nn;

import dev.lanewise.InvalidInputException;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Inference;
import java.util.Arrays;

/**
 * Shapes of a convolution: x {@code [n, c, ...]} and weights {@code [m, c/group, ...]} give {@code [n, m, ...]}.
 */
final class ConvShape {
    private ConvShape() {
    }

    /** Output shape of a convolution of inputs {@code x} and {@code w}; null where it is not known. */
    static Dim[] infer(Inference in, int x, int w, int group, Window window) {
        Dim[] xs = in.shape(x);
        Dim[] ws = in.shape(w);
        if (xs == null || ws == null) {
            return null;
        }
        if (xs.length < 3 || xs.length != ws.length) {
            throw in.error("x and weights of one rank, 3 or more", in.input(x) + " and " + in.input(w),
                    "reshape them");
        }
        window.check(in, xs.length - 2);
        if (group < 1 || ws[0].isConstant() && ws[0].value() % group != 0) {
            throw in.error("groups that divide " + ws[0] + " output channels", group + " groups", "correct group");
        }
        Dim channels = ws[1].times(group);
        if (channels.isConstant() && xs[1].isConstant() && !channels.equals(xs[1])) {
            throw in.error("x with " + channels + " channels", in.input(x).toString(),
                    "check the weights' shape and group");
        }
        in.assumeEqual(xs[1], channels);
        Dim[] kernel = Arrays.copyOfRange(ws, 2, ws.length);
        if (!Arrays.stream(kernel).allMatch(Dim::isConstant)) {
            return null;
        }
        int[] sizes = Arrays.stream(kernel).mapToInt(k -> Math.toIntExact(k.value())).toArray();
        if (Arrays.stream(sizes).anyMatch(k -> k < 1)
                || !window.kernel().isEmpty() && !Arrays.equals(sizes, window.kernel(null))) {
            throw in.error("weights of the declared kernel_shape " + window.kernel(), in.input(w).toString(),
                    "check kernel_shape");
        }
        Dim[] spatial = window.positions(in, Arrays.copyOfRange(xs, 2, xs.length), sizes);
        Dim[] out = new Dim[xs.length];
        out[0] = xs[0];
        out[1] = ws[0];
        System.arraycopy(spatial, 0, out, 2, spatial.length);
        return out;
    }

    /** The same for shapes that are numbers. */
    static int[] of(int[] x, int[] w, int group, Window window) {
        if (x.length != w.length || x.length < 3 || x[1] != w[1] * group || w[0] % group != 0) {
            throw new InvalidInputException(null, "x [n, c, ...] and weights [m, c/" + group + ", ...]",
                    Arrays.toString(x) + " and " + Arrays.toString(w), "check the shapes");
        }
        int[] kernel = Taps.spatial(w);
        int[] out = window.positions(Taps.spatial(x), kernel);
        int[] all = new int[x.length];
        all[0] = x[0];
        all[1] = w[0];
        System.arraycopy(out, 0, all, 2, out.length);
        return all;
    }

    /** Checks that input {@code bias} has one element for each output channel. */
    static void checkBias(Inference in, int bias, Dim[] out) {
        Dim[] shape = in.shape(bias);
        if (shape == null || out == null) {
            return;
        }
        if (shape.length != 1 || shape[0].isConstant() && out[1].isConstant() && !shape[0].equals(out[1])) {
            throw in.error("a bias of shape [" + out[1] + "]", in.input(bias).toString(), "check the bias");
        }
        in.assumeEqual(out[1], shape[0]);
    }
}
