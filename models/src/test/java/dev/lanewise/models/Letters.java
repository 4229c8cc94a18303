package dev.lanewise.models;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;

/** Images of dark letters on light paper, whose edges are grey as those of a scan. */
final class Letters {
    /** Letters of 5 columns and 7 rows. */
    private static final String[][] SHAPES = {
        {"#...#", "#...#", "#...#", "#####", "#...#", "#...#", "#...#"},
        {"#####", "#....", "#....", "####.", "#....", "#....", "#####"},
        {"#....", "#....", "#....", "#....", "#....", "#....", "#####"},
        {".###.", "#...#", "#...#", "#...#", "#...#", "#...#", ".###."},
        {"#####", "..#..", "..#..", "..#..", "..#..", "..#..", "..#.."}};
    private static final int COLUMNS = 6;
    private static final int ROWS = 9;

    private Letters() {
    }

    /** Lines of letters whose strokes are so many pixels wide, as FLOAT [batch, 3, height, width] of about -1 to 1. */
    static Tensor image(int batch, int height, int width, double stroke) {
        Tensor t = Tensor.zeros(DataType.FLOAT, batch, 3, height, width);
        for (int i = 0; i < t.size(); i++) {
            int x = i % width;
            int y = i / width % height;
            double ink = 0;
            for (double dy = -0.25; dy < 0.5; dy += 0.5) {
                for (double dx = -0.25; dx < 0.5; dx += 0.5) {
                    ink += ink((int) ((x + dx) / stroke + i / (3 * height * width)), (int) ((y + dy) / stroke)) / 4.0;
                }
            }
            t.floats()[i] = (float) (0.9 - 1.7 * ink + 0.01 * (x % 7));
        }
        return t;
    }

    private static int ink(int column, int row) {
        String[] shape = SHAPES[(column / COLUMNS * 7 + row / ROWS * 3) % SHAPES.length];
        int c = column % COLUMNS - 1;
        int r = row % ROWS - 1;
        return c >= 0 && r >= 0 && r < shape.length && shape[r].charAt(c) == '#' ? 1 : 0;
    }
}
