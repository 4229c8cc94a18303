package dev.lanewise.models.ocr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SmallestBoxTest {
    private static final double EXACT = 1e-9;

    @Test
    void aRectangleThatIsTurned() {
        RotatedBox given = new RotatedBox(30, 20, 12, 5, 0.4);
        RotatedBox box = SmallestBox.around(given.corners()).upright();
        assertEquals(30, box.x(), EXACT);
        assertEquals(20, box.y(), EXACT);
        assertEquals(12, box.width(), EXACT);
        assertEquals(5, box.height(), EXACT);
        assertEquals(0.4, box.angle(), EXACT);
    }

    @Test
    void knownNumbers() {
        // A right triangle with legs of 4 and 3: its hypotenuse gives 5 x 2.4, each leg the same area.
        RotatedBox triangle = SmallestBox.around(new double[][] {{0, 0}, {4, 0}, {0, 3}});
        assertEquals(12, triangle.width() * triangle.height(), EXACT);
        // A square on its corner, with points inside and in the middle of a side.
        RotatedBox square = SmallestBox.around(new double[][] {{2, 0}, {4, 2}, {2, 4}, {0, 2}, {2, 2}, {3, 1}});
        assertEquals(Math.sqrt(8), square.width(), EXACT);
        assertEquals(Math.sqrt(8), square.height(), EXACT);
        RotatedBox point = SmallestBox.around(new double[][] {{7, 8}});
        assertEquals(new RotatedBox(7, 8, 0, 0, 0), point);
    }

    @Test
    void noOtherAngleGivesLess() {
        Random random = new Random(5);
        for (int run = 0; run < 20; run++) {
            double[][] points = new double[3 + random.nextInt(20)][];
            for (int i = 0; i < points.length; i++) {
                points[i] = new double[] {random.nextInt(40), random.nextInt(15)};
            }
            RotatedBox box = SmallestBox.around(points);
            RotatedBox around = box.grown(EXACT);
            for (double[] p : points) {
                assertTrue(around.contains(p[0], p[1]), () -> p[0] + ", " + p[1] + " outside " + box);
            }
            double least = Double.POSITIVE_INFINITY;
            for (double angle = 0; angle < Math.PI / 2; angle += 1e-3) {
                least = Math.min(least, extent(points, angle) * extent(points, angle + Math.PI / 2));
            }
            assertTrue(box.width() * box.height() <= least + EXACT, box + " against " + least);
        }
    }

    private static double extent(double[][] points, double angle) {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (double[] p : points) {
            double along = p[0] * Math.cos(angle) + p[1] * Math.sin(angle);
            least = Math.min(least, along);
            most = Math.max(most, along);
        }
        return most - least;
    }

    @Test
    void uprightIsTheSameRectangleReadAsTextRuns() {
        RotatedBox tall = new RotatedBox(0, 0, 4, 20, 0.1).upright();
        assertEquals(new RotatedBox(0, 0, 20, 4, 0.1 + Math.PI / 2), tall);
        RotatedBox almostSquare = new RotatedBox(0, 0, 4, 5, 0.1).upright();
        assertEquals(new RotatedBox(0, 0, 4, 5, 0.1), almostSquare);
        RotatedBox turned = new RotatedBox(0, 0, 4, 20, -1.5).upright();
        assertEquals(20, turned.width());
        assertEquals(Math.PI / 2 - 1.5, turned.angle(), EXACT);
        double[][] corners = new RotatedBox(10, 10, 6, 2, Math.PI / 2).corners();
        // Text that runs down begins at the top, its own top to the right.
        assertEquals(11, corners[0][0], EXACT);
        assertEquals(7, corners[0][1], EXACT);
        assertEquals(9, corners[2][0], EXACT);
        assertEquals(13, corners[2][1], EXACT);
    }
}
