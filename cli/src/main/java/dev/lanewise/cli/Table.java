package dev.lanewise.cli;

import java.util.ArrayList;
import java.util.List;

/** Columns as wide as their widest cell, two spaces apart; column {@code i} is set right where {@code alignment} has an r. */
final class Table {
    private final String alignment;
    private final List<String[]> rows = new ArrayList<>();

    /** @param alignment a letter a column: {@code l} or {@code r}; columns beyond are as the last */
    Table(String alignment) {
        this.alignment = alignment;
    }

    Table row(Object... cells) {
        String[] texts = new String[cells.length];
        for (int i = 0; i < cells.length; i++) {
            texts[i] = String.valueOf(cells[i]);
        }
        rows.add(texts);
        return this;
    }

    @Override
    public String toString() {
        int columns = rows.stream().mapToInt(r -> r.length).max().orElse(0);
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], width(row[i]));
            }
        }
        StringBuilder out = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                String fill = " ".repeat(widths[i] - width(row[i]));
                boolean right = alignment.charAt(Math.min(i, alignment.length() - 1)) == 'r';
                line.append(i == 0 ? "" : "  ").append(right ? fill : "").append(row[i]).append(right ? "" : fill);
            }
            out.append(line.toString().stripTrailing()).append(System.lineSeparator());
        }
        return out.toString();
    }

    /** Columns of a terminal that a text takes, roughly: wide for East Asian scripts and pictures, none for marks. */
    static int width(String text) {
        return text.codePoints().map(Table::width).sum();
    }

    private static int width(int codePoint) {
        int type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean wide = Character.isIdeographic(codePoint) || codePoint >= 0x1100 && codePoint <= 0x115F
                || codePoint >= 0x3040 && codePoint <= 0x30FF || codePoint >= 0xAC00 && codePoint <= 0xD7A3
                || codePoint >= 0xFF01 && codePoint <= 0xFF60 || codePoint >= 0x1F300 && codePoint <= 0x1FAFF;
        return wide ? 2 : 1;
    }

    /** A text on one line, cut to a number of columns. */
    static String shortened(String text, int columns) {
        String line = text.strip().replaceAll("[\\p{Cntrl}\\s]+", " ");
        if (width(line) <= columns) {
            return line;
        }
        StringBuilder cut = new StringBuilder();
        int used = 0;
        for (int i = 0; i < line.length();) {
            int c = line.codePointAt(i);
            used += width(c);
            if (used > columns - 3) {
                break;
            }
            cut.appendCodePoint(c);
            i += Character.charCount(c);
        }
        return cut.toString().stripTrailing() + "...";
    }
}
