package dev.lanewise.models.ocr;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReadingOrderTest {
    /** A box whose middle is given, in a page that is turned by an angle around its corner. */
    private static TextBox box(String text, double x, double y, double width, double angle) {
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        return new TextBox(new RotatedBox(x * cos - y * sin, x * sin + y * cos, width, 10, angle), text, 1);
    }

    private static List<String> read(double angle) {
        return ReadingOrder.lines(List.of(box("below", 100, 40, 200, angle), box("right", 800, 18, 60, angle),
                box("left", 30, 21, 60, angle), box("middle", 100, 20, 60, angle), box("top", 400, 5, 60, angle)))
                .stream().map(TextLine::text).toList();
    }

    @Test
    void fromTopToBottomThenFromLeftToRight() {
        assertEquals(List.of("top", "left middle right", "below"), read(0));
    }

    @Test
    void onAPageThatIsTurned() {
        assertEquals(List.of("top", "left middle right", "below"), read(0.2));
        assertEquals(List.of("top", "left middle right", "below"), read(-0.2));
    }

    @Test
    void fromItsOwnTop() {
        assertEquals(List.of("top", "left middle right", "below"), read(Math.PI / 2 + 0.1));
        assertEquals(List.of("top", "left middle right", "below"), read(Math.PI));
        assertEquals(List.of("top", "left middle right", "below"), read(-Math.PI / 2));
    }

    @Test
    void whatRunsElsewhereGoesByItsPlace() {
        TextBox down = new TextBox(new RotatedBox(300, 21, 30, 10, Math.PI / 2), "down", 1);
        List<TextLine> lines = ReadingOrder.lines(List.of(down, box("level", 100, 20, 100, 0)));
        assertEquals(List.of("level down"), lines.stream().map(TextLine::text).toList());
    }

    @Test
    void noBoxes() {
        assertEquals(List.of(), ReadingOrder.lines(List.of()));
    }
}
