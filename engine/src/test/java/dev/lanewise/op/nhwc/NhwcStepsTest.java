package dev.lanewise.op.nhwc;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.op.Samples;
import dev.lanewise.op.Steps;
import dev.lanewise.op.nn.Window;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steps of operators with channels last against their definition, bit for bit, over several sizes in one session. */
class NhwcStepsTest {
    private static final int[][] SIZES = {{1, 5, 5}, {2, 7, 11}, {1, 16, 16}, {3, 1, 9}, {1, 5, 5}};

    private static final UnaryFunction[] ACTIVATIONS =
            {null, UnaryFunction.RELU, UnaryFunction.HARD_SWISH, UnaryFunction.SILU};

    private final Samples samples = new Samples(11);

    private Value constant(String name, int... shape) {
        return Value.constant(name, samples.moderate(DataType.FLOAT, shape));
    }

    private static Value input(String name, int channels) {
        return Value.input(name, Fact.of(DataType.FLOAT, Dim.symbol(name + "n"), Dim.symbol(name + "h"),
                Dim.symbol(name + "w"), Dim.constant(channels)));
    }

    /** Channels, outputs, group, kernel height and width, stride, padding, dilation, bits: 1 bias, 2 norm, 4 residual, from 8 on the activation. */
    @ParameterizedTest
    @CsvSource({"4, 8, 1, 1, 1, 1, 0, 1, 0", "5, 40, 1, 3, 3, 1, 1, 1, 15", "6, 6, 2, 3, 3, 2, 1, 1, 1",
        "6, 6, 6, 3, 3, 1, 1, 1, 9", "43, 43, 43, 3, 5, 2, 1, 1, 15", "3, 70, 1, 5, 1, 2, 2, 1, 3",
        "3, 5, 1, 2, 2, 1, 2, 2, 10",
        "8, 33, 1, 1, 1, 2, 0, 1, 8", "1024, 3, 1, 1, 1, 1, 0, 1, 9", "512, 8, 1, 1, 1, 2, 0, 1, 1",
        "256, 16, 1, 3, 3, 2, 1, 1, 9", "64, 64, 2, 1, 3, 1, 1, 2, 4",
        "8, 40, 1, 3, 3, 1, 1, 1, 17", "24, 24, 24, 3, 3, 1, 1, 1, 18", "8, 144, 2, 1, 1, 1, 0, 1, 21",
        "16, 9, 1, 3, 3, 1, 1, 1, 24"})
    void convolution(int channels, int outputs, int group, int height, int width, int stride, int pad, int dilation,
            int parts) {
        Window window = new Window(List.of(height, width), List.of(stride, stride), List.of(dilation, dilation),
                List.of(pad, pad, pad, pad), Window.Padding.EXPLICIT, false);
        boolean residual = (parts & 4) != 0;
        ConvNhwc op = new ConvNhwc(group, window, (parts & 1) != 0, (parts & 2) != 0 ? (Float) 1e-3f : null, residual,
                ACTIVATIONS[parts >> 3]);
        List<Value> inputs = new ArrayList<>(List.of(input("x", channels),
                constant("w", outputs, channels / group, height, width)));
        if (op.bias()) {
            inputs.add(constant("bias", outputs));
        }
        if (op.epsilon() != null) {
            inputs.addAll(List.of(constant("scale", outputs), constant("shift", outputs), constant("mean", outputs)));
            Tensor variance = samples.moderate(DataType.FLOAT, outputs);
            for (int i = 0; i < outputs; i++) {
                variance.floats()[i] = Math.abs(variance.floats()[i]);
            }
            inputs.add(Value.constant("variance", variance));
        }
        if (residual) {
            inputs.add(input("r", outputs));
        }
        List<Tensor[]> runs = new ArrayList<>();
        for (int[] s : SIZES) {
            if (s[1] + 2 * pad < (height - 1) * dilation + 1) {
                continue;
            }
            Tensor x = samples.moderate(DataType.FLOAT, s[0], s[1], s[2], channels);
            Tensor special = samples.any(DataType.FLOAT, s[0], s[1], s[2], channels);
            int h = positions(s[1], height, stride, pad, dilation);
            int w = positions(s[2], width, stride, pad, dilation);
            Tensor r = samples.any(DataType.FLOAT, s[0], h, w, outputs);
            runs.add(residual ? new Tensor[] {x, r} : new Tensor[] {x});
            runs.add(residual ? new Tensor[] {special, r} : new Tensor[] {special});
        }
        Steps.assertAsDefined(Steps.graph(in -> Node.of("conv", op, in), inputs.toArray(Value[]::new)), runs);
    }

    private static int positions(int size, int kernel, int stride, int pad, int dilation) {
        return (size + 2 * pad - (kernel - 1) * dilation - 1) / stride + 1;
    }

    /** Weights so large that panels are taken one by one, and a tile of more positions. */
    @Test
    void largeWeights() {
        Value x = input("x", 256);
        Value w = constant("w", 260, 256, 3, 3);
        Window window =
                new Window(List.of(), List.of(), List.of(), List.of(1, 1, 1, 1), Window.Padding.EXPLICIT, false);
        ConvNhwc op = new ConvNhwc(1, window, false, null, false, UnaryFunction.RELU);
        Steps.assertAsDefined(Steps.graph(in -> Node.of("conv", op, in), x, w),
                List.<Tensor[]>of(new Tensor[] {samples.moderate(DataType.FLOAT, 1, 9, 6, 256)}));
    }

    @Test
    void lines() {
        Value x = Value.input("x", Fact.of(DataType.FLOAT, Dim.symbol("n"), Dim.symbol("w"), Dim.constant(7)));
        Window window = new Window(List.of(3), List.of(2), List.of(1), List.of(1, 0), Window.Padding.EXPLICIT, false);
        Steps.assertAsDefined(
                Steps.graph(in -> Node.of("conv", new ConvNhwc(1, window, true, null, false, null), in), x,
                        constant("w", 9, 7, 3), constant("b", 9)),
                List.of(new Tensor[] {samples.moderate(DataType.FLOAT, 2, 50, 7)},
                        new Tensor[] {samples.any(DataType.FLOAT, 1, 9, 7)}));
    }

    @ParameterizedTest
    @CsvSource({"3, 2, 2, 3, 1, true", "2, 3, 1, 1, 2, false", "3, 3, 2, 2, 1, false", "5, 5, 1, 1, 1, true"})
    void pooling(int height, int width, int strideY, int strideX, int dilation, boolean roundUp) {
        Window window = new Window(List.of(height, width), List.of(strideY, strideX), List.of(dilation, dilation),
                List.of(1, 0, 1, 1), Window.Padding.EXPLICIT, roundUp);
        for (int channels : new int[] {3, 70}) {
            List<Tensor[]> runs = new ArrayList<>();
            for (int[] s : new int[][] {{1, 5, 5}, {2, 7, 40}, {1, 16, 16}, {1, 5, 5}}) {
                runs.add(new Tensor[] {samples.moderate(DataType.FLOAT, s[0], s[1], s[2], channels)});
                runs.add(new Tensor[] {samples.any(DataType.FLOAT, s[0], s[1], s[2], channels)});
            }
            for (PoolNhwc.Kind kind : PoolNhwc.Kind.values()) {
                for (Window w : new Window[] {window, null}) {
                    for (boolean count : new boolean[] {false, true}) {
                        PoolNhwc op = new PoolNhwc(kind, w, count);
                        Steps.assertAsDefined(Steps.graph(in -> Node.of("pool", op, in), input("x", channels)), runs);
                    }
                }
            }
        }
    }
}
