package dev.lanewise.models.ocr;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontFormatException;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Pages of known text. */
final class RenderedPage {
    private static final String LIBERATION_SANS = "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";
    private static final double LEADING = 1.5;

    private RenderedPage() {
    }

    /** A font that comes with the tests, at size 1; Java needs the system's fontconfig for it all the same, so without that tests are skipped. */
    static Font liberationSans() {
        try (InputStream in = RenderedPage.class.getResourceAsStream(LIBERATION_SANS)) {
            return Font.createFont(Font.TRUETYPE_FONT, in);
        } catch (IOException | FontFormatException | RuntimeException | LinkageError e) {
            System.err.println("SKIPPED, since this Java cannot draw text: " + e);
            return Assumptions.abort("this Java cannot draw text: " + e);
        }
    }

    /** Lines of text in black on white, the whole turned around its middle. */
    static BufferedImage of(Font font, List<String> lines, double degrees) {
        int margin = degrees == 0 ? 2 * font.getSize() : 6 * font.getSize();
        int leading = (int) (font.getSize() * LEADING);
        int width = lines.stream().mapToInt(l -> width(font, l)).max().orElseThrow() + 2 * margin;
        BufferedImage image = new BufferedImage(width, lines.size() * leading + 2 * margin, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, width, image.getHeight());
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setColor(Color.BLACK);
        g.setFont(font);
        g.rotate(Math.toRadians(degrees), width / 2.0, image.getHeight() / 2.0);
        for (int i = 0; i < lines.size(); i++) {
            g.drawString(lines.get(i), margin, margin + i * leading + font.getSize());
        }
        g.dispose();
        return image;
    }

    private static int width(Font font, String line) {
        return (int) Math
                .ceil(font.getStringBounds(line, new java.awt.font.FontRenderContext(null, true, false)).getWidth());
    }
}
