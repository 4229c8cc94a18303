package dev.lanewise.cli.chart;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.jfree.chart.JFreeChart;

/**
 * A chart and its size in points.
 *
 * @param width in points; the image has twice as many pixels, for sharp screens
 */
public record Chart(JFreeChart chart, int width, int height) {
    private static final int SCALE = 2;

    /** Writes a PNG. */
    public void save(Path file) throws IOException {
        BufferedImage image = new BufferedImage(width * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.scale(SCALE, SCALE);
        chart.draw(g, new Rectangle2D.Double(0, 0, width, height));
        g.dispose();
        write(image, file);
    }

    /** Writes an image as PNG. */
    public static void write(BufferedImage image, Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            if (!ImageIO.write(image, "png", out)) {
                throw new IOException("this JDK writes no PNG");
            }
        }
    }
}
