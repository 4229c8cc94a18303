package dev.lanewise.models.ocr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final float[] NONE = {0, 0, 0};
    private static final float[] BYTES = {1 / 255f, 1 / 255f, 1 / 255f};
    /** Blue counts up from 10 in tens, green is 1, red 2. */
    private static final PageImage IMAGE = new PageImage(3, 2,
            new int[] {0x02010A, 0x020114, 0x02011E, 0x020128, 0x020132, 0x02013C});

    private static float[] blue(RotatedBox box, int width, int height) {
        float[] planes = new Sampler(IMAGE, NONE, BYTES).planes(box, width, height, width);
        return Arrays.copyOf(planes, width * height);
    }

    @Test
    void theImageItself() {
        float[] planes = new Sampler(IMAGE, NONE, BYTES).planes(new RotatedBox(1.5, 1, 3, 2, 0), 3, 2, 4);
        assertArrayEquals(new float[] {10, 20, 30, 0, 40, 50, 60, 0, 1, 1, 1, 0, 1, 1, 1, 0, 2, 2, 2, 0, 2, 2, 2, 0},
                planes, 1e-4f);
    }

    @Test
    void turned() {
        assertArrayEquals(new float[] {60, 50, 40, 30, 20, 10}, blue(new RotatedBox(1.5, 1, 3, 2, Math.PI), 3, 2),
                1e-4f);
        // Text that runs down, with its top to the right.
        assertArrayEquals(new float[] {30, 60, 20, 50, 10, 40}, blue(new RotatedBox(1.5, 1, 2, 3, Math.PI / 2), 2, 3),
                1e-4f);
    }

    @Test
    void smallerIsTheMean() {
        assertEquals(35, blue(new RotatedBox(1.5, 1, 3, 2, 0), 1, 1)[0], 1e-4);
    }

    @Test
    void largerIsBetweenAndEdgesGoOn() {
        assertArrayEquals(new float[] {10, 12.5f, 17.5f, 22.5f}, blue(new RotatedBox(1, 0, 2, 0, 0), 4, 1), 1e-4f);
        assertArrayEquals(new float[] {60, 60}, blue(new RotatedBox(100, 100, 4, 2, 0), 2, 1), 1e-4f);
    }

    @Test
    void meanAndDeviationAreOfEachPlane() {
        float[] planes = new Sampler(IMAGE, new float[] {0, 1 / 255f, 1 / 255f},
                new float[] {10 / 255f, 1 / 255f, 0.5f / 255})
                .planes(new RotatedBox(0.5, 0.5, 1, 1, 0), 1, 1, 1);
        assertArrayEquals(new float[] {1, 0, 2}, planes, 1e-4f);
    }
}
