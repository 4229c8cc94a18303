package dev.lanewise.op.nn;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;

/**
 * Convolution of quantised values with a quantised result. Inputs: x, its scale and zero point; weights, their
 * scale and zero point (scalars or {@code [m]}); scale and zero point of y; optional INT32 bias {@code [m]} of
 * scale x times weights. Output {@code [n, m, ...]}: {@code saturate(round(sum * (x_scale * w_scale / y_scale)) +
 * y_zero)}, halves to even. ONNX QLinearConv-10.
 */
public record QLinearConv(int group, Window window) implements Operator {
    private static final int X = 0;
    private static final int X_SCALE = 1;
    private static final int X_ZERO = 2;
    private static final int W = 3;
    private static final int W_SCALE = 4;
    private static final int W_ZERO = 5;
    private static final int Y_SCALE = 6;
    private static final int Y_ZERO = 7;
    private static final int BIAS = 8;

    @Override
    public List<Fact> infer(Inference in) {
        in.type(X, DataType.INT8, DataType.UINT8);
        in.type(W, DataType.INT8, DataType.UINT8);
        DataType type = in.type(Y_ZERO, DataType.INT8, DataType.UINT8);
        in.sameType(X, X_ZERO);
        in.sameType(W, W_ZERO);
        Dim[] out = ConvShape.infer(in, X, W, group, window);
        Dim channels = out == null ? Dim.symbol("m") : out[1];
        for (int i : new int[] {X_SCALE, W_SCALE, Y_SCALE}) {
            in.type(i, DataType.FLOAT);
            IntegerConvolution.checkParameter(in, i, i == W_SCALE ? channels : null);
        }
        IntegerConvolution.checkParameter(in, X_ZERO, null);
        IntegerConvolution.checkParameter(in, W_ZERO, channels);
        IntegerConvolution.checkParameter(in, Y_ZERO, null);
        if (in.has(BIAS)) {
            in.type(BIAS, DataType.INT32);
            ConvShape.checkBias(in, BIAS, out);
        }
        return List.of(out == null ? Fact.unknown(type) : Fact.of(type, out));
    }

    @Override
    public Tensor[] evaluate(Tensor[] in) {
        int[] shape = ConvShape.of(in[X].shape(), in[W].shape(), group, window);
        int[] sums = IntegerConvolution.sums(in[X], in[W], in[X_ZERO], in[W_ZERO], group, window, shape);
        Tensor bias = in.length > BIAS ? in[BIAS] : null;
        DataType type = in[Y_ZERO].type();
        int lowest = type == DataType.UINT8 ? 0 : Byte.MIN_VALUE;
        int highest = type == DataType.UINT8 ? 255 : Byte.MAX_VALUE;
        long zero = in[Y_ZERO].longAt(0);
        byte[] y = new byte[sums.length];
        int positions = shape[0] * shape[1] == 0 ? 0 : sums.length / (shape[0] * shape[1]);
        for (int i = 0; i < y.length; i++) {
            int m = i / positions % shape[1];
            float weightScale = in[W_SCALE].floats()[IntegerConvolution.ofChannel(in[W_SCALE], m)];
            float factor = in[X_SCALE].floats()[0] * weightScale / in[Y_SCALE].floats()[0];
            int sum = sums[i] + (bias == null ? 0 : bias.ints()[m]);
            y[i] = (byte) Math.clamp((long) Math.rint(sum * factor) + zero, lowest, highest);
        }
        return new Tensor[] {Tensor.of(type, y, shape)};
    }
}
