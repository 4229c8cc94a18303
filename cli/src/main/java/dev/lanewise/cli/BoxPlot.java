package dev.lanewise.cli;

import dev.lanewise.cli.chart.Chart;
import dev.lanewise.cli.chart.Look;
import dev.lanewise.models.ocr.PageImage;
import dev.lanewise.models.ocr.TextBox;
import dev.lanewise.models.ocr.TextLine;
import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** An image with boxes of text: blue where the text was read surely, red where it may be wrong. */
final class BoxPlot {
    private static final double SURE = 0.9;
    private static final float STROKE = 1.5f;

    private BoxPlot() {
    }

    /** Writes a PNG. */
    static void save(PageImage page, List<TextLine> lines, Path file) throws IOException {
        BufferedImage image = new BufferedImage(page.width(), page.height(), BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, page.width(), page.height(), page.rgb(), 0, page.width());
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setStroke(new BasicStroke(STROKE));
        for (TextLine line : lines) {
            for (TextBox box : line.boxes()) {
                g.setColor(box.confidence() >= SURE ? Look.LANEWISE : Look.MARK);
                g.draw(outline(box.place().corners()));
            }
        }
        g.dispose();
        Chart.write(image, file);
    }

    private static Path2D outline(double[][] corners) {
        Path2D path = new Path2D.Double();
        path.moveTo(corners[0][0], corners[0][1]);
        for (int i = 1; i < corners.length; i++) {
            path.lineTo(corners[i][0], corners[i][1]);
        }
        path.closePath();
        return path;
    }
}
