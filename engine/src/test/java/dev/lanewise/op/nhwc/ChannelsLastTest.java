package dev.lanewise.op.nhwc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.nn.AveragePool;
import dev.lanewise.op.nn.Conv;
import dev.lanewise.op.nn.GlobalPool;
import dev.lanewise.op.nn.MaxPool;
import dev.lanewise.op.nn.Window;
import dev.lanewise.op.norm.BatchNormalization;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import dev.lanewise.testing.Optimised;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChannelsLastTest {
    private final GraphBuilder b = new GraphBuilder();

    private static Window window(int kernel, int stride, int pad) {
        return new Window(List.of(kernel, kernel), List.of(stride, stride), List.of(), List.of(pad, pad, pad, pad),
                Window.Padding.EXPLICIT, false);
    }

    private Value conv(Value x, int outputs, int channels, int kernel, int stride) {
        return b.op(new Conv(1, window(kernel, stride, kernel / 2)), x, b.weights(outputs, channels, kernel, kernel),
                b.weights(outputs));
    }

    private Value norm(Value x, int channels) {
        Tensor variance = b.tensor(channels);
        for (int i = 0; i < channels; i++) {
            variance.floats()[i] = 0.5f + Math.abs(variance.floats()[i]);
        }
        return b.op(new BatchNormalization(1e-5f, 0.9f, false), x, b.weights(channels), b.weights(channels),
                b.weights(channels), GraphBuilder.constant(variance));
    }

    private Value relu(Value x) {
        return b.unary(Unary.Function.RELU, x);
    }

    private Value maxPool(Value x) {
        return Node.of("pool", new MaxPool(window(3, 2, 1), false), List.of(x), List.of("pooled")).output();
    }

    /** A block of ResNet: each convolution takes in what follows it, and the layout changes at both ends alone. */
    @Test
    void residualBlock() {
        Value x = b.floats("x", "n", 3, "h", "w");
        Value stem = maxPool(relu(norm(conv(x, 20, 3, 7, 2), 20)));
        Value main = norm(conv(relu(norm(conv(stem, 12, 20, 1, 1), 12)), 40, 12, 3, 2), 40);
        Value side = norm(conv(stem, 40, 20, 1, 2), 40);
        Value out = relu(b.add(main, side));
        Graph graph = b.to(b.op(new GlobalPool(GlobalPool.Kind.AVERAGE, 1), relu(conv(out, 9, 40, 1, 1))));
        assertEquals(List.of("Transpose", "ConvNhwc", "PoolNhwc", "ConvNhwc", "ConvNhwc", "ConvNhwc", "ConvNhwc",
                "PoolNhwc", "Transpose"), Optimised.operators(graph));
        Agreement.check(graph, b.tensor(2, 3, 21, 30));
        Agreement.check(graph, b.tensor(1, 3, 32, 32));
    }

    /** A fire module of SqueezeNet with pooling between. */
    @Test
    void concatenation() {
        Value x = b.floats("x", 1, 8, 13, 13);
        Value squeeze = relu(conv(x, 16, 8, 1, 1));
        Value joined = b.op(new Concat(1), relu(conv(squeeze, 24, 16, 1, 1)), relu(conv(squeeze, 24, 16, 3, 1)));
        Value pooled = b.op(new AveragePool(window(3, 2, 1), true), joined);
        Graph graph = b.to(b.unary(Unary.Function.SIGMOID, b.mul(pooled, GraphBuilder.scalar(0.5f))));
        assertEquals(2, Optimised.operators(graph).stream().filter("Transpose"::equals).count());
        Agreement.check(graph, b.tensor(1, 8, 13, 13));
    }

    /** What two nodes or the caller read is computed as written; the sum of two convolutions takes in one of them. */
    @Test
    void readersKeepWhatTheyRead() {
        Value x = b.floats("x", 1, 5, 9, 9);
        Value first = conv(x, 6, 5, 3, 1);
        Value second = conv(x, 6, 5, 1, 1);
        Value sum = b.add(first, second);
        Graph graph = b.to(first, relu(first), relu(sum), norm(second, 6));
        Agreement.check(graph, b.tensor(1, 5, 9, 9));
    }

    /** Weights that are no constants, and three spatial axes. */
    @Test
    void whatItLeaves() {
        Value x = b.floats("x", 1, 5, 9, 9);
        Value w = b.floats("weights", 6, 5, 3, 3);
        Graph free = b.to(b.op(new Conv(1, window(3, 1, 1)), x, w));
        assertEquals(List.of("Conv"), Optimised.operators(free));
        GraphBuilder cube = new GraphBuilder();
        Value volume = cube.floats("x", 1, 2, 4, 4, 4);
        Window deep = new Window(List.of(2, 2, 2), List.of(), List.of(), List.of(), Window.Padding.VALID, false);
        Graph three = cube.to(cube.op(new Conv(1, deep), volume, cube.weights(3, 2, 2, 2, 2)));
        assertFalse(Optimised.operators(three).contains("ConvNhwc"));
        Agreement.check(three, cube.tensor(1, 2, 4, 4, 4));
    }

    @Test
    void sequences() {
        Value x = b.floats("x", "n", 5, "length");
        Window line = new Window(List.of(3), List.of(1), List.of(2), List.of(), Window.Padding.SAME_UPPER, false);
        Value y = relu(b.op(new Conv(5, line), x, b.weights(10, 1, 3)));
        Graph graph = b.to(b.op(new GlobalPool(GlobalPool.Kind.MAX, 1), y));
        assertEquals(List.of("Transpose", "ConvNhwc", "PoolNhwc", "Transpose"), Optimised.operators(graph));
        Agreement.check(graph, b.tensor(2, 5, 17));
    }

    @Test
    void otherTypes() {
        Value x = b.input("x", DataType.DOUBLE, 1, 2, 5, 5);
        Tensor w = Tensor.zeros(DataType.DOUBLE, 3, 2, 3, 3);
        Graph graph = b.to(b.op(new Conv(1, window(3, 1, 1)), x, GraphBuilder.constant(w)));
        assertEquals(List.of("Conv"), Optimised.operators(graph));
    }
}
