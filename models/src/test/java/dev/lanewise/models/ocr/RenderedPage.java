package dev.lanewise.models.ocr;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontFormatException;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Pages of known text. */
final class RenderedPage {
    private static final String LIBERATION_SANS = "org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";
    private static final double LEADING = 1.5;

    private RenderedPage() {
    }

    /** A font that comes with the tests, at size 1. Java reads no font where the system has none, so there tests are skipped. */
    static Font liberationSans() throws IOException {
        byte[] bytes;
        try (InputStream in = RenderedPage.class.getClassLoader().getResourceAsStream(LIBERATION_SANS)) {
            bytes = in.readAllBytes();
        }
        try {
            return Font.createFont(Font.TRUETYPE_FONT, new ByteArrayInputStream(bytes));
        } catch (FontFormatException | IOException e) {
            System.err.println("SKIPPED, since Java needs fontconfig and a font of the system to draw text: " + e);
            return Assumptions.abort(e.toString());
        }
    }

    /** Lines of text in black on white, the whole turned around its middle. */
    static BufferedImage of(Font font, List<String> lines, double degrees) {
        int leading = (int) (font.getSize() * LEADING);
        int across = lines.stream().mapToInt(l -> width(font, l)).max().orElseThrow();
        int down = lines.size() * leading;
        double cos = Math.abs(Math.cos(Math.toRadians(degrees)));
        double sin = Math.abs(Math.sin(Math.toRadians(degrees)));
        int margin = 4 * font.getSize();
        int width = (int) (across * cos + down * sin) + margin;
        int height = (int) (across * sin + down * cos) + margin;
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, width, height);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setColor(Color.BLACK);
        g.setFont(font);
        g.translate(width / 2.0, height / 2.0);
        g.rotate(Math.toRadians(degrees));
        for (int i = 0; i < lines.size(); i++) {
            g.drawString(lines.get(i), -across / 2, -down / 2 + i * leading + font.getSize());
        }
        g.dispose();
        return image;
    }

    private static int width(Font font, String line) {
        return (int) Math
                .ceil(font.getStringBounds(line, new FontRenderContext(null, true, false)).getWidth());
    }
}
