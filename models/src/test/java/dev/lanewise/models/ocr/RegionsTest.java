package dev.lanewise.models.ocr;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class RegionsTest {
    private static final double EXACT = 1e-6;
    private static final int WIDTH = 40;
    private static final int HEIGHT = 30;
    private static final int STRIDE = 64;

    private final float[] map = new float[STRIDE * 32];

    private void fill(int left, int top, int width, int height, float probability) {
        for (int y = top; y < top + height; y++) {
            for (int x = left; x < left + width; x++) {
                map[y * STRIDE + x] = probability;
            }
        }
    }

    private List<RotatedBox> boxes(double threshold, double growth) {
        return new Regions(map, STRIDE, WIDTH, HEIGHT, OcrOptions.defaults().withBoxes(0.3, threshold, growth)).boxes();
    }

    @Test
    void pixelsThatTouch() {
        fill(5, 3, 10, 4, 0.8f);
        fill(14, 17, 6, 3, 0.8f);
        fill(20, 20, 6, 3, 0.8f);
        fill(26, 23, 6, 3, 0.8f);
        List<RotatedBox> boxes = boxes(0.3, 0);
        assertEquals(2, boxes.size(), boxes.toString());
        RotatedBox level = boxes.getFirst();
        assertEquals(10, level.x(), EXACT);
        assertEquals(5, level.y(), EXACT);
        assertEquals(10, level.upright().width(), EXACT);
        assertEquals(4, level.upright().height(), EXACT);
        // Those that touch at a corner alone, a stair of steps of 6 by 3.
        RotatedBox sloping = boxes.getLast().upright();
        assertEquals(23, sloping.x(), EXACT);
        assertEquals(21.5, sloping.y(), EXACT);
        assertEquals(Math.atan(0.5), sloping.angle(), EXACT);
        assertEquals(Math.hypot(18, 9), sloping.width(), EXACT);
        assertEquals(12 / Math.sqrt(5), sloping.height(), EXACT);
    }

    @Test
    void growsByAreaOverPerimeter() {
        fill(5, 3, 10, 4, 0.8f);
        // 1.5 * 40 / 28 on each side.
        double by = 60 / 28.0;
        RotatedBox grown = boxes(0.6, 1.5).getFirst().upright();
        assertEquals(10 + 2 * by, grown.width(), EXACT);
        assertEquals(4 + 2 * by, grown.height(), EXACT);
        assertEquals(10, grown.x(), EXACT);
        assertEquals(5, grown.y(), EXACT);
    }

    @Test
    void dropsWhatIsThinOrUnsure() {
        fill(0, 0, 20, 2, 0.9f);
        fill(0, 10, 20, 5, 0.55f);
        fill(WIDTH, 20, STRIDE - WIDTH, 5, 0.9f);
        assertEquals(List.of(), boxes(0.6, 0));
        // The middle counts as well: 100 pixels, 70 of them at 0.9.
        fill(0, 10, 14, 5, 0.9f);
        assertEquals(1, boxes(0.6, 0).size());
    }
}
