package dev.lanewise.op.nhwc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lanewise.DataType;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Activation;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Clip;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.nn.AveragePool;
import dev.lanewise.op.nn.Conv;
import dev.lanewise.op.nn.ConvTranspose;
import dev.lanewise.op.nn.GlobalPool;
import dev.lanewise.op.nn.MaxPool;
import dev.lanewise.op.nn.Window;
import dev.lanewise.op.norm.BatchNormalization;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.op.shape.Resize;
import dev.lanewise.op.shape.ResizeSampling;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import dev.lanewise.testing.Optimised;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    private Graph residualBlock(Value x) {
        Value stem = maxPool(relu(norm(conv(x, 20, 3, 7, 2), 20)));
        Value main = norm(conv(relu(norm(conv(stem, 12, 20, 1, 1), 12)), 40, 12, 3, 2), 40);
        Value side = norm(conv(stem, 40, 20, 1, 2), 40);
        Value out = relu(b.add(main, side));
        return b.to(b.op(new GlobalPool(GlobalPool.Kind.AVERAGE, 1), relu(conv(out, 9, 40, 1, 1))));
    }

    /** A block of ResNet: each convolution takes in what follows it, and the layout changes at both ends alone. */
    @Test
    void residualBlock() {
        Graph graph = residualBlock(b.floats("x", "n", 3, "h", "w"));
        assertEquals(List.of("Transpose", "ConvNhwc", "PoolNhwc", "ConvNhwc", "ConvNhwc", "ConvNhwc", "ConvNhwc",
                "PoolNhwc", "Transpose"), Optimised.operators(graph));
        Agreement.check(graph, b.tensor(2, 3, 21, 30));
        Agreement.check(graph, b.tensor(1, 3, 32, 32));
    }

    @Test
    void vectorsHaveNoChannels() {
        Value x = b.floats("x", 5);
        Graph graph = b.to(b.op(new Binary(Binary.Function.MAX), b.weights(5), x));
        Agreement.check(graph, b.tensor(5));
    }

    /** A block of MobileNetV3: what is broadcast over the image (constants of channels, gates) is so with channels last too. */
    @Test
    void gatedBlock() {
        Value x = conv(b.floats("x", "n", 3, "h", "w"), 10, 3, 3, 2);
        Value shifted = b.add(x, b.weights(1, 10, 1, 1));
        Value swish = b.div(b.mul(shifted, b.op(new Clip(),
                b.add(shifted, GraphBuilder.scalar(3)), GraphBuilder.scalar(0),
                GraphBuilder.scalar(6))), GraphBuilder.scalar(6));
        Value squeezed = conv(b.op(new GlobalPool(GlobalPool.Kind.AVERAGE, 1), swish), 10, 10, 1, 1);
        Value gate = b.op(new Activation(Activation.Function.HARD_SIGMOID, 0.2f, 0.5f), squeezed);
        Graph graph = b.to(conv(b.mul(swish, gate), 4, 10, 1, 1));
        assertEquals(2, Optimised.operators(graph).stream().filter("Transpose"::equals).count());
        Agreement.check(graph, b.tensor(2, 3, 21, 30));
        Agreement.check(graph, b.tensor(1, 3, 10, 8));
    }

    /** The upper way of a feature pyramid. */
    @Test
    void upsampling() {
        ResizeSampling sampling = new ResizeSampling(ResizeSampling.Mode.NEAREST,
                ResizeSampling.Coordinates.ASYMMETRIC, ResizeSampling.Nearest.FLOOR, -0.75f, false, false);
        Value x = conv(b.floats("x", "n", 3, "h", "w"), 10, 3, 3, 2);
        Value larger = b.op(new Resize(sampling, Resize.AspectRatio.STRETCH, List.of(), 0), x, null,
                GraphBuilder.constant(Tensor.of(new float[] {1, 1, 2, 3}, 4)));
        Graph graph = b.to(conv(larger, 4, 10, 3, 1));
        assertEquals(List.of("Transpose", "ConvNhwc", "Resize", "ConvNhwc", "Transpose"), Optimised.operators(graph));
        Agreement.check(graph, b.tensor(2, 3, 21, 30));
    }

    /** Transposed convolutions whose windows lie side by side, and one whose windows overlap. */
    @Test
    void transposedConvolutions() {
        Value x = conv(b.floats("x", "n", 3, "h", "w"), 10, 3, 3, 2);
        Window blocks = new Window(List.of(), List.of(2, 3), List.of(), List.of(), Window.Padding.EXPLICIT, false);
        Value larger = relu(b.op(new ConvTranspose(1, blocks, List.of(), List.of()), x, b.weights(10, 7, 2, 3),
                b.weights(7)));
        Value plain = b.op(new ConvTranspose(1, blocks, List.of(), List.of()), larger, b.weights(7, 5, 2, 3));
        Value over = b.op(new ConvTranspose(1, blocks, List.of(), List.of()), larger, b.weights(7, 4, 3, 3));
        Graph graph = b.to(plain, over);
        List<String> operators = Optimised.operators(graph);
        assertEquals(2, operators.stream().filter("SpreadNhwc"::equals).count(), operators.toString());
        assertEquals(1, operators.stream().filter("ConvTranspose"::equals).count(), operators.toString());
        Agreement.check(graph, b.tensor(2, 3, 11, 14));
    }

    /** As PP-OCR has it: a bias as a sum of its own, a normalisation and a function, all before the pixels are spread. */
    @Test
    void whatFollowsATransposedConvolution() {
        Value x = conv(b.floats("x", "n", 3, "h", "w"), 10, 3, 3, 2);
        Window blocks = new Window(List.of(), List.of(2, 2), List.of(), List.of(), Window.Padding.EXPLICIT, false);
        Value first = b.op(new ConvTranspose(1, blocks, List.of(), List.of()), x, b.weights(10, 7, 2, 2));
        Value normal = relu(norm(b.add(first, b.weights(1, 7, 1, 1)), 7));
        Value second = b.op(new ConvTranspose(1, blocks, List.of(), List.of()), normal, b.weights(7, 3, 2, 2),
                b.weights(3));
        Graph graph = b.to(b.unary(Unary.Function.SIGMOID, b.add(GraphBuilder.scalar(0.5f), second)));
        assertEquals(List.of("Transpose", "ConvNhwc", "ConvNhwc", "SpreadNhwc", "ConvNhwc", "SpreadNhwc", "Transpose"),
                Optimised.operators(graph));
        Agreement.check(graph, b.tensor(2, 3, 11, 14));
    }

    /** Constants that are added to a convolution: for each channel, for all, one that is broadcast along the width. */
    @Test
    void constantsAdded() {
        Value x = b.floats("x", "n", 3, 9, 8);
        Value each = b.add(conv(x, 6, 3, 3, 1), b.weights(1, 6, 1, 1));
        Value all = relu(b.add(b.weights(1), b.op(new Conv(1, window(1, 1, 0)), each, b.weights(6, 6, 1, 1))));
        Value wide = b.add(conv(all, 6, 6, 3, 1), b.weights(8));
        Graph graph = b.to(wide);
        assertEquals(1, Optimised.operators(graph).stream().filter("Binary"::equals).count());
        Agreement.check(graph, b.tensor(2, 3, 9, 8));
    }

    @Test
    void sameBitsForThreadsAndBatches() {
        Graph graph = residualBlock(b.floats("x", "n", 3, "h", "w"));
        Tensor batch = b.tensor(3, 3, 45, 38);
        float[] expected = Agreement.run(graph, batch).getFirst().floats();
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults())) {
            for (int threads = 1; threads <= 3; threads++) {
                try (Session session = model.newSession(Agreement.COLD.withThreads(threads))) {
                    assertArrayEquals(expected, run(session, batch.floats(), 3, 45, 38));
                    int image = batch.floats().length / 3;
                    int size = expected.length / 3;
                    for (int i = 0; i < 3; i++) {
                        float[] one = Arrays.copyOfRange(batch.floats(), i * image, (i + 1) * image);
                        assertArrayEquals(Arrays.copyOfRange(expected, i * size, (i + 1) * size),
                                run(session, one, 1, 45, 38));
                    }
                }
            }
        }
    }

    private Value hardSwish(Value x) {
        Value gate = b.op(new Clip(), b.add(x, GraphBuilder.scalar(3)), GraphBuilder.scalar(0), GraphBuilder.scalar(6));
        return b.div(b.mul(x, gate), GraphBuilder.scalar(6));
    }

    /** Convolutions take functions in, which few lines and many outputs cut among threads do not change. */
    @Test
    void activations() {
        Value x = b.floats("x", "n", 3, "h", "w");
        Value wide = hardSwish(norm(conv(x, 72, 3, 3, 1), 72));
        Value each = hardSwish(b.op(new Conv(72, window(3, 2, 1)), wide, b.weights(72, 1, 3, 3)));
        Value paired = b.op(new Conv(2, window(1, 1, 0)), each, b.weights(90, 36, 1, 1), b.weights(90));
        Value silu = b.mul(paired, b.unary(Unary.Function.SIGMOID, paired));
        Graph graph = b.to(b.unary(Unary.Function.SIGMOID, conv(silu, 5, 90, 1, 1)));
        assertEquals(List.of("Transpose", "ConvNhwc", "ConvNhwc", "ConvNhwc", "ConvNhwc", "Transpose"),
                Optimised.operators(graph));
        Tensor image = b.tensor(1, 3, 6, 5);
        Agreement.check(graph, image);
        float[] expected = Agreement.run(graph, image).getFirst().floats();
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults())) {
            for (int threads = 2; threads <= 4; threads++) {
                try (Session session = model.newSession(Agreement.COLD.withThreads(threads))) {
                    assertArrayEquals(expected, run(session, image.floats(), 1, 6, 5));
                }
            }
        }
    }

    private static float[] run(Session session, float[] x, int images, int height, int width) {
        return session.run(Map.of("x", Tensor.of(x, images, 3, height, width))).get(0).floats().clone();
    }

    /** Pooling between convolutions: padding that counts or does not, last windows in part beyond the image, dilation. */
    @ParameterizedTest
    @CsvSource({"true, true, 1", "true, false, 2", "false, true, 2", "false, false, 1"})
    void pools(boolean countPadding, boolean roundUp, int dilation) {
        Window window = new Window(List.of(3, 2), List.of(2, 3), List.of(dilation, dilation), List.of(1, 0, 2, 1),
                Window.Padding.EXPLICIT, roundUp);
        Value x = conv(b.floats("x", "n", 3, "h", "w"), 17, 3, 1, 1);
        Value largest = Node.of("pool", new MaxPool(window, false), List.of(x), List.of("pooled")).output();
        Graph graph = b.to(largest, b.op(new AveragePool(window, countPadding), x));
        assertEquals(2, Optimised.operators(graph).stream().filter("PoolNhwc"::equals).count());
        for (int size = 7; size < 13; size++) {
            Agreement.check(graph, b.tensor(2, 3, size, 19 - size));
        }
    }

    /** A sum in the memory of its other addend, only where nothing else reads that. */
    @Test
    void residualsInPlace() {
        Value x = b.floats("x", 1, 5, 9, 9);
        Value first = relu(conv(x, 6, 5, 3, 1));
        Value once = relu(b.add(conv(first, 6, 6, 3, 1), first));
        Value twice = relu(b.add(conv(once, 6, 6, 1, 1), once));
        Value again = b.add(relu(b.add(conv(x, 6, 5, 1, 1), twice)), twice);
        Value own = b.add(conv(again, 6, 6, 3, 1), conv(once, 6, 6, 3, 1));
        Agreement.check(b.to(again, own, twice), b.tensor(1, 5, 9, 9));
        Agreement.check(b.to(own), b.tensor(1, 5, 9, 9));
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
