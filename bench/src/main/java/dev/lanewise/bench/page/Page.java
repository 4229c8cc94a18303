package dev.lanewise.bench.page;

import dev.lanewise.cli.chart.Chart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A page of Markdown with charts in a folder beside it. */
public final class Page {
    private final StringBuilder text = new StringBuilder();
    private final Path file;
    private final Path folder;

    /** @param file the page; its charts go to the folder of the same name without {@code .md} */
    public Page(Path file) throws IOException {
        this.file = file;
        this.folder = Path.of(file.toString().replaceFirst("\\.md$", ""));
        Files.createDirectories(folder);
    }

    public Path folder() {
        return folder;
    }

    public void title(String title) {
        text.append("# ").append(title).append("\n\n");
    }

    public void heading(String heading) {
        text.append("## ").append(heading).append("\n\n");
    }

    public void subheading(String heading) {
        text.append("### ").append(heading).append("\n\n");
    }

    public void paragraph(String paragraph) {
        text.append(paragraph).append("\n\n");
    }

    public void code(String code) {
        text.append(code.strip().indent(4)).append("\n");
    }

    /** A table whose first row names the columns; columns after {@code words} are numbers and aligned to the right. */
    public void table(int words, List<String[]> rows) {
        int columns = rows.getFirst().length;
        int[] widths = new int[columns];
        for (String[] row : rows) {
            if (row.length != columns) {
                throw new IllegalArgumentException("row of " + row.length + " in a table of " + columns);
            }
            for (int c = 0; c < columns; c++) {
                widths[c] = Math.max(Math.max(3, widths[c]), escaped(row[c]).length());
            }
        }
        List<String> rule = new ArrayList<>();
        for (int c = 0; c < columns; c++) {
            rule.add(c < words ? "-".repeat(widths[c]) : "-".repeat(widths[c] - 1) + ":");
        }
        line(widths, words, Arrays.asList(rows.getFirst()));
        text.append("| ").append(String.join(" | ", rule)).append(" |\n");
        rows.stream().skip(1).forEach(row -> line(widths, words, Arrays.asList(row)));
        text.append("\n");
    }

    private void line(int[] widths, int words, List<String> cells) {
        for (int c = 0; c < widths.length; c++) {
            String cell = escaped(cells.get(c));
            String space = " ".repeat(widths[c] - cell.length());
            text.append(c == 0 ? "| " : " ").append(c < words ? cell + space : space + cell).append(" |");
        }
        text.append("\n");
    }

    private static String escaped(String cell) {
        return cell.replace("|", "\\|").replace("\n", " ");
    }

    /** Saves a chart beside the page and shows it. A JVM without fonts cannot draw, which the page then says. */
    public void chart(String name, String description, Chart chart) throws IOException {
        try {
            chart.save(folder.resolve(name + ".png"));
        } catch (InternalError | NoClassDefFoundError | ExceptionInInitializerError e) {
            paragraph("**No chart** of " + description + ": this JVM cannot draw (" + e
                    + "); install fontconfig and a font.");
            return;
        }
        text.append("![").append(description).append("](").append(folder.getFileName()).append("/").append(name)
                .append(".png)\n\n");
    }

    public void save() throws IOException {
        Files.writeString(file, text.toString().stripTrailing() + "\n");
    }

    /** Where it is. */
    @Override
    public String toString() {
        return file.toString();
    }
}
