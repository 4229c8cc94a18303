package dev.lanewise.models.ocr;

import java.util.List;
import java.util.stream.Collectors;

/** Boxes side by side, from left to right. */
public record TextLine(List<TextBox> boxes) {
    public TextLine {
        boxes = List.copyOf(boxes);
    }

    /** What they say, with spaces between. */
    public String text() {
        return boxes.stream().map(TextBox::text).collect(Collectors.joining(" "));
    }
}
