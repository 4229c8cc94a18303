package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontFormatException;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OcrCommandTest {
    private static final String FONT = "org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";

    @TempDir
    Path folder;

    /** A page with two lines, the first in two parts. */
    private Path page() throws IOException {
        BufferedImage image = new BufferedImage(400, 120, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, 400, 120);
        g.setColor(Color.BLACK);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setFont(font().deriveFont(24f));
        g.drawString("Total", 20, 40);
        g.drawString("1234.56", 280, 40);
        g.drawString("Thank you", 20, 90);
        g.dispose();
        Path file = folder.resolve("page.png");
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    private static Font font() throws IOException {
        byte[] bytes;
        try (InputStream in = OcrCommandTest.class.getClassLoader().getResourceAsStream(FONT)) {
            bytes = in.readAllBytes();
        }
        try {
            return Font.createFont(Font.TRUETYPE_FONT, new ByteArrayInputStream(bytes));
        } catch (FontFormatException | IOException e) {
            System.err.println("SKIPPED, since Java needs fontconfig and a font of the system to draw text: " + e);
            return Assumptions.abort(e.toString());
        }
    }

    @Test
    void textBoxesAndPlot() throws IOException {
        Path page = page();
        Path plot = folder.resolve("boxes.png");
        Outcome text = Outcome.of("ocr", page, "--threads", "2", "--plot", plot);
        assertEquals(0, text.code(), text.err());
        assertEquals(List.of("Total 1234.56", "Thank you"), text.out().lines().toList());

        Outcome o = Outcome.of("ocr", page, "--json");
        assertEquals(0, o.code(), o.err());
        assertEquals(400L, o.json().get("width"));
        List<?> lines = (List<?>) o.json().get("lines");
        assertEquals(2, lines.size());
        Map<?, ?> first = (Map<?, ?>) lines.getFirst();
        assertEquals("Total 1234.56", first.get("text"));
        Map<?, ?> number = (Map<?, ?>) ((List<?>) first.get("boxes")).getLast();
        assertEquals("1234.56", number.get("text"));
        assertTrue((double) number.get("confidence") > 0.9, number.toString());
        List<?> corner = (List<?>) ((List<?>) number.get("corners")).getFirst();
        assertEquals(280, (double) corner.getFirst(), 15);
        assertEquals(20, (double) corner.getLast(), 12);

        BufferedImage drawn = ImageIO.read(plot.toFile());
        assertEquals(400, drawn.getWidth());
        assertTrue(colours(drawn) > 200, "no boxes are drawn");
        assertEquals(0, colours(ImageIO.read(page.toFile())));
    }

    /** How many pixels are not grey. */
    private static long colours(BufferedImage image) {
        int[] rgb = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        return Arrays.stream(rgb).filter(c -> (c >> 16 & 255) != (c & 255)).count();
    }

    @Test
    void anEmptyPageSaysNothing() throws IOException {
        Path file = folder.resolve("empty.png");
        ImageIO.write(new BufferedImage(50, 40, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
        Outcome o = Outcome.of("ocr", file);
        assertEquals(0, o.code(), o.err());
        assertEquals("", o.out());
    }

    @Test
    void whatDoesNotFit() throws IOException {
        Path text = Files.writeString(folder.resolve("text.png"), "no image");
        Outcome none = Outcome.of("ocr", text);
        assertEquals(1, none.code());
        assertTrue(none.err().contains("expected an image as PNG, JPEG, GIF, BMP, found other first bytes"),
                none.err());
        assertEquals(1, Outcome.of("ocr", folder.resolve("absent.png")).code());
        Path file = folder.resolve("small.png");
        ImageIO.write(new BufferedImage(50, 40, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
        Outcome name = Outcome.of("ocr", file, "--model", "pp-ocr-v9");
        assertEquals(1, name.code());
        assertTrue(name.err().contains("one of pp-ocr-v3, pp-ocr-v4"), name.err());
        Outcome other = Outcome.of("ocr", file, "--recogniser",
                Files.write(folder.resolve("m.onnx"), OnnxBytes.addRelu()));
        assertEquals(1, other.code());
        assertTrue(other.err().contains("PP-OCR"), other.err());
        assertEquals(1, Outcome.of("ocr", file, "--min-confidence", "2").code());
        assertEquals(2, Outcome.of("ocr", file, "--threads", "0").code());
    }
}
