package dev.lanewise.op.signal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignalTest {
    private static Tensor random(int length, int parts) {
        Random random = new Random(3);
        double[] values = new double[length * parts];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextDouble() - 0.5;
        }
        return Tensor.of(values, 1, length, parts);
    }

    /** Against the sum that defines it, for lengths that are powers of two and others. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 12, 64})
    void transformIsItsDefinition(int n) {
        Tensor x = random(n, 2);
        double[] found = new DFT(false, false).evaluate(new Tensor[] {x})[0].doubles();
        for (int k = 0; k < n; k++) {
            double re = 0;
            double im = 0;
            for (int i = 0; i < n; i++) {
                double angle = -2 * Math.PI * k * i / n;
                re += x.doubles()[2 * i] * Math.cos(angle) - x.doubles()[2 * i + 1] * Math.sin(angle);
                im += x.doubles()[2 * i] * Math.sin(angle) + x.doubles()[2 * i + 1] * Math.cos(angle);
            }
            assertEquals(re, found[2 * k], 1e-12);
            assertEquals(im, found[2 * k + 1], 1e-12);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 10})
    void inverseGivesTheSignalBack(int n) {
        Tensor x = random(n, 2);
        Tensor there = new DFT(false, false).evaluate(new Tensor[] {x})[0];
        Tensor back = new DFT(true, false).evaluate(new Tensor[] {there})[0];
        assertArrayEquals(x.doubles(), back.doubles(), 1e-12);
        Tensor real = random(n, 1);
        Tensor half = new DFT(false, true).evaluate(new Tensor[] {real})[0];
        assertEquals(n / 2 + 1, half.dim(1));
        assertArrayEquals(real.doubles(), new DFT(true, true).evaluate(new Tensor[] {half})[0].doubles(), 1e-12);
    }

    @Test
    void framesAreTransformsOfPartsOfTheSignal() {
        Tensor x = random(10, 1);
        Tensor window = Tensor.of(new double[] {1, 2, 3, 4}, 4);
        Tensor y = new STFT(true).evaluate(new Tensor[] {x, Tensor.scalar(3L), window, null})[0];
        assertArrayEquals(new int[] {1, 3, 3, 2}, y.shape());
        double[] frame = new double[4];
        for (int i = 0; i < 4; i++) {
            frame[i] = x.doubles()[6 + i] * (i + 1);
        }
        double[] due = new DFT(false, true).evaluate(new Tensor[] {Tensor.of(frame, 1, 4, 1)})[0].doubles();
        assertArrayEquals(due, java.util.Arrays.copyOfRange(y.doubles(), 12, 18), 1e-12);
    }

    @Test
    void windows() {
        Tensor five = Tensor.scalar(5L);
        assertArrayEquals(new double[] {0, 0.5, 1, 0.5, 0}, window(WindowFunction.Kind.HANN, five), 1e-12);
        assertArrayEquals(new double[] {4.0 / 46, 25.0 / 46, 1, 25.0 / 46, 4.0 / 46},
                window(WindowFunction.Kind.HAMMING, five), 1e-12);
        assertArrayEquals(new double[] {0, 0.34, 1, 0.34, 0}, window(WindowFunction.Kind.BLACKMAN, five), 1e-12);
    }

    private static double[] window(WindowFunction.Kind kind, Tensor size) {
        return new WindowFunction(kind, DataType.DOUBLE, false).evaluate(new Tensor[] {size})[0].doubles();
    }
}
