package dev.lanewise.op.elementwise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.InvalidInputException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Joined loops against plain index arithmetic. */
class BroadcastTest {
    /** Offset of the operand's element behind each element of the output, by definition. */
    private static int[] expected(int[] out, int[] shape) {
        int size = Arrays.stream(out).reduce(1, (a, b) -> a * b);
        int[] offsets = new int[size];
        for (int i = 0; i < size; i++) {
            int rest = i;
            int stride = 1;
            for (int d = out.length - 1; d >= 0; d--) {
                int own = d - (out.length - shape.length);
                if (own >= 0) {
                    offsets[i] += shape[own] == 1 ? 0 : rest % out[d] * stride;
                    stride *= shape[own];
                }
                rest /= out[d];
            }
        }
        return offsets;
    }

    private static void check(int[]... shapes) {
        int[] out = Broadcast.shape(shapes);
        check(Broadcast.of(out, shapes), out, shapes);
    }

    private static void check(Broadcast loops, int[] out, int[]... shapes) {
        int size = Arrays.stream(out).reduce(1, (a, b) -> a * b);
        int[][] found = new int[3][size];
        int[] visits = new int[size];
        loops.all((y, a, b, c, n) -> {
            int[] starts = {a, b, c};
            for (int k = 0; k < n; k++) {
                visits[y + k]++;
                for (int o = 0; o < shapes.length; o++) {
                    found[o][y + k] = starts[o] + k * loops.step(o);
                }
            }
        });
        for (int v : visits) {
            assertEquals(1, v, "every element once");
        }
        for (int o = 0; o < shapes.length; o++) {
            assertArrayEquals(expected(out, shapes[o]), found[o],
                    "operand " + o + " of " + Arrays.deepToString(shapes));
        }
    }

    @Test
    void anyShapes() {
        Random random = new Random(1);
        for (int trial = 0; trial < 500; trial++) {
            int rank = random.nextInt(6);
            int[] full = random.ints(rank, 1, 5).toArray();
            int[][] shapes = new int[1 + random.nextInt(3)][];
            for (int o = 0; o < shapes.length; o++) {
                int own = random.nextInt(rank + 1);
                shapes[o] = Arrays.copyOfRange(full, rank - own, rank);
                for (int d = 0; d < own; d++) {
                    shapes[o][d] = random.nextInt(3) == 0 ? 1 : shapes[o][d];
                }
            }
            check(shapes);
        }
    }

    @Test
    void longRunsAreCutAndShortOnesGrouped() {
        check(new int[] {3, 40_000}, new int[] {40_000});
        check(new int[] {20_000, 3}, new int[] {20_000, 1});
        check(new int[] {50_001}, new int[0]);
        check(new int[] {16_384}, new int[] {1});
    }

    @Test
    void loopsAreBoundAnew() {
        Broadcast loops = new Broadcast(2, 3);
        for (int[] size : new int[][] {{2, 3}, {1, 1}, {4, 1}, {5, 700}, {1, 2}}) {
            int[][] shapes = {{size[0], size[1], 6}, {size[1], 1}};
            int[] out = Broadcast.shape(shapes);
            loops.bind(out, shapes);
            check(loops, out, shapes);
        }
    }

    @Test
    void nothingForNoElements() {
        check(new int[] {2, 0, 3}, new int[] {3});
        check(new int[] {0}, new int[] {1});
        assertArrayEquals(new int[] {0, 2}, Broadcast.shape(new int[] {0, 1}, new int[] {1, 2}));
    }

    @Test
    void shapesThatDoNotFit() {
        var e = assertThrows(InvalidInputException.class, () -> Broadcast.shape(new int[] {2, 3}, new int[] {2}));
        assertEquals("[[2, 3], [2]]", e.found());
    }
}
