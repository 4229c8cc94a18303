package dev.lanewise.op.nhwc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.op.Samples;
import dev.lanewise.op.nn.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Operators with channels last give the bits of their formulas, over odd sizes of everything. */
class DirectWindowsTest {
    private static final int[] CHANNELS = {1, 3, 5, 17, 64, 100};

    private final Samples samples = new Samples(5);

    static IntStream seeds() {
        return IntStream.range(0, 150);
    }

    private static DirectWindows window(Random random, boolean roundUp) {
        return new DirectWindows(1 + random.nextInt(4), 1 + random.nextInt(4), 1 + random.nextInt(3),
                1 + random.nextInt(3), 1 + random.nextInt(2), 1 + random.nextInt(2), random.nextInt(3),
                random.nextInt(3), random.nextInt(3), random.nextInt(3), roundUp);
    }

    private static Window window(DirectWindows d) {
        return new Window(List.of(d.height(), d.width()), List.of(d.strideY(), d.strideX()),
                List.of(d.dilationY(), d.dilationX()), List.of(d.top(), d.left(), d.bottom(), d.right()),
                Window.Padding.EXPLICIT, d.roundUp());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void convolution(int seed) {
        Random random = new Random(seed);
        DirectWindows d = window(random, false);
        int base = CHANNELS[seed % CHANNELS.length];
        int group = seed % 4 == 3 ? base : seed % 4 == 2 ? 1 + random.nextInt(3) : 1;
        int channels = seed % 4 == 3 ? base : base * group;
        int outputs = group * (seed % 4 == 3 ? 1 + random.nextInt(2) : CHANNELS[random.nextInt(CHANNELS.length)]);
        int images = 1 + random.nextInt(2);
        int h = 7 + random.nextInt(9);
        int w = 7 + random.nextInt(9);
        Tensor x = samples.moderate(DataType.FLOAT, images, h, w, channels);
        Tensor weights = samples.moderate(DataType.FLOAT, outputs, channels / group, d.height(), d.width());
        Tensor bias = random.nextBoolean() ? samples.moderate(DataType.FLOAT, outputs) : null;
        Tensor residual = random.nextBoolean()
                ? samples.moderate(DataType.FLOAT, images, d.outHeight(h), d.outWidth(w), outputs) : null;
        boolean relu = random.nextBoolean();
        List<Tensor> inputs = new ArrayList<>(List.of(x, weights));
        if (bias != null) {
            inputs.add(bias);
        }
        if (residual != null) {
            inputs.add(residual);
        }
        ConvNhwc op = new ConvNhwc(group, window(d), bias != null, null, residual != null,
                relu ? UnaryFunction.RELU : null);
        float[] expected = d.convolve(x.floats(), images, h, w, channels, weights.floats(), outputs, group,
                bias == null ? null : bias.floats(), residual == null ? null : residual.floats(), relu);
        Tensor found = op.evaluate(inputs.toArray(Tensor[]::new))[0];
        assertArrayEquals(new int[] {images, d.outHeight(h), d.outWidth(w), outputs}, found.shape());
        assertArrayEquals(expected, found.floats(), d + " " + op);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void pooling(boolean roundUp) {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            DirectWindows any = window(random, roundUp);
            // pads smaller than the window, so that each window holds an element
            DirectWindows d = new DirectWindows(any.height(), any.width(), any.strideY(), any.strideX(),
                    any.dilationY(), any.dilationX(), random.nextInt(any.height()), random.nextInt(any.width()),
                    random.nextInt(any.height()), random.nextInt(any.width()), roundUp);
            int channels = CHANNELS[seed % CHANNELS.length];
            int h = 8 + random.nextInt(9);
            int w = 8 + random.nextInt(9);
            Tensor x = samples.moderate(DataType.FLOAT, 2, h, w, channels);
            assertPooled(d.max(x.floats(), 2, h, w, channels), new PoolNhwc(PoolNhwc.Kind.MAX, window(d), false), x, d);
            for (boolean count : new boolean[] {false, true}) {
                assertPooled(d.mean(x.floats(), 2, h, w, channels, count),
                        new PoolNhwc(PoolNhwc.Kind.MEAN, window(d), count), x, d);
            }
        }
    }

    private static void assertPooled(float[] expected, PoolNhwc op, Tensor x, DirectWindows d) {
        Tensor found = op.evaluate(new Tensor[] {x})[0];
        assertEquals(d.outHeight(x.shape()[1]), found.shape()[1], d::toString);
        assertEquals(d.outWidth(x.shape()[2]), found.shape()[2], d::toString);
        assertArrayEquals(expected, found.floats(), d + " " + op);
    }
}
