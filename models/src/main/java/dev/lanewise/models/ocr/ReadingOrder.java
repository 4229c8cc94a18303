package dev.lanewise.models.ocr;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Puts boxes into lines, from top to bottom, as the direction of most of the text has it: along that, a box belongs to a line when its middle
 * is within half of the height of the box before it. Columns are not told apart.
 */
final class ReadingOrder {
    private static final int QUARTERS = 4;

    private ReadingOrder() {
    }

    static List<TextLine> lines(List<TextBox> boxes) {
        double angle = direction(boxes);
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

    /** Where most of the text runs to: to the right, down, left or up, and of boxes that do the median angle, by length. */
    private static double direction(List<TextBox> boxes) {
        double[] lengths = new double[QUARTERS];
        boxes.forEach(b -> lengths[quarter(b.place())] += b.place().width());
        int most = IntStream.range(0, QUARTERS).boxed().max(Comparator.comparingDouble(q -> lengths[q])).orElseThrow();
        List<RotatedBox> these = boxes.stream().map(TextBox::place).filter(p -> quarter(p) == most)
                .sorted(Comparator.comparingDouble(ReadingOrder::slope)).toList();
        double half = lengths[most] / 2;
        for (RotatedBox place : these) {
            half -= place.width();
            if (half <= 0) {
                return most * Math.PI / 2 + slope(place);
            }
        }
        return 0;
    }

    private static int quarter(RotatedBox place) {
        return Math.floorMod((int) Math.rint(place.angle() / (Math.PI / 2)), QUARTERS);
    }

    /** The angle to the nearest quarter. */
    private static double slope(RotatedBox place) {
        return Math.IEEEremainder(place.angle(), Math.PI / 2);
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
