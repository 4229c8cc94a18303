package dev.lanewise.models.ocr;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Puts boxes into lines, from top to bottom, as they lie on a page that may be turned a little: seen along the direction that most of the
 * text has, a box belongs to a line when its middle is within half of the height of the box before it. Columns are not told
 * apart.
 */
final class ReadingOrder {
    private ReadingOrder() {
    }

    static List<TextLine> lines(List<TextBox> boxes) {
        double angle = slope(boxes);
        List<TextBox> sorted = boxes.stream().sorted(Comparator.comparingDouble(b -> down(b, angle))).toList();
        List<TextLine> lines = new ArrayList<>();
        List<TextBox> line = new ArrayList<>();
        for (TextBox box : sorted) {
            if (!line.isEmpty() && down(box, angle) - down(line.getLast(), angle) > across(line.getLast(), box) / 2) {
                lines.add(line(line, angle));
                line.clear();
            }
            line.add(box);
        }
        if (!line.isEmpty()) {
            lines.add(line(line, angle));
        }
        return lines;
    }

    private static TextLine line(List<TextBox> boxes, double angle) {
        return new TextLine(boxes.stream().sorted(Comparator.comparingDouble(b -> right(b, angle))).toList());
    }

    /** The median of the angles of boxes that run to the right, long ones counting more; 0 where there are none. */
    private static double slope(List<TextBox> boxes) {
        List<RotatedBox> level = boxes.stream().map(TextBox::place).filter(p -> Math.abs(p.angle()) < Math.PI / 4)
                .sorted(Comparator.comparingDouble(RotatedBox::angle)).toList();
        double half = level.stream().mapToDouble(RotatedBox::width).sum() / 2;
        for (RotatedBox place : level) {
            half -= place.width();
            if (half <= 0) {
                return place.angle();
            }
        }
        return 0;
    }

    private static double across(TextBox a, TextBox b) {
        return Math.min(a.place().height(), b.place().height());
    }

    private static double down(TextBox box, double angle) {
        return box.place().y() * Math.cos(angle) - box.place().x() * Math.sin(angle);
    }

    private static double right(TextBox box, double angle) {
        return box.place().x() * Math.cos(angle) + box.place().y() * Math.sin(angle);
    }
}
