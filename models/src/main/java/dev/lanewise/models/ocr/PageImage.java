package dev.lanewise.models.ocr;

import dev.lanewise.InvalidInputException;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * An image in memory.
 *
 * @param rgb its pixels, row by row: 8 bits each of red, green and blue, red highest
 */
public record PageImage(int width, int height, int[] rgb) {
    /** Images of more are refused before their pixels are read; a page of A4 at 600 dots an inch has 35 million. */
    public static final int MOST_PIXELS = 40_000_000;
    private static final List<String> FORMATS = List.of("PNG", "JPEG", "GIF", "BMP");
    private static final int MOST_BYTES = 256 << 20;

    public PageImage {
        if (width < 1 || height < 1 || (long) width * height > MOST_PIXELS || rgb.length != width * height) {
            throw new InvalidInputException("image", "1 to " + MOST_PIXELS + " pixels", width + " x " + height + " in "
                    + rgb.length, "make it smaller");
        }
    }

    /**
     * Reads PNG, JPEG, BMP, or the first image of a GIF. What is transparent becomes white. TIFF is refused, since the JDK's reader takes
     * memory that small damaged files ask for.
     *
     * @throws InvalidInputException when it is no such file, a damaged one, or one of too many pixels
     */
    public static PageImage read(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        }
        if (bytes.length > MOST_BYTES) {
            throw error(file.toString(), "at most " + MOST_BYTES + " bytes", "more", "make the image smaller");
        }
        return read(file.toString(), bytes);
    }

    static PageImage read(String name, byte[] bytes) {
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            ImageReader reader = reader(in);
            if (reader == null) {
                throw error(name, "an image as " + String.join(", ", FORMATS), "other first bytes",
                        "convert it to PNG");
            }
            try {
                reader.setInput(in, true, true);
                int width = reader.getWidth(0);
                int height = reader.getHeight(0);
                if ((long) width * height > MOST_PIXELS) {
                    throw error(name, "at most " + MOST_PIXELS + " pixels", width + " x " + height,
                            "make the image smaller");
                }
                return of(reader.read(0));
            } finally {
                reader.dispose();
            }
        } catch (InvalidInputException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The JDK's readers answer to damage with exceptions of many kinds.
            throw error(name, "a whole image", e.toString(), "save it again, or convert it to PNG");
        }
    }

    /** For the first format that says that the file is its own, or null. */
    private static ImageReader reader(ImageInputStream in) throws IOException {
        Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (FORMATS.contains(reader.getFormatName().toUpperCase(Locale.ROOT))) {
                return reader;
            }
            reader.dispose();
        }
        return null;
    }

    /** A copy of an image, on white. */
    public static PageImage of(BufferedImage image) {
        BufferedImage copy = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
        Graphics2D g = copy.createGraphics();
        g.drawImage(image, 0, 0, Color.WHITE, null);
        g.dispose();
        int[] rgb = copy.getRGB(0, 0, copy.getWidth(), copy.getHeight(), null, 0, copy.getWidth());
        return new PageImage(copy.getWidth(), copy.getHeight(), rgb);
    }

    private static InvalidInputException error(String name, String expected, String found, String advice) {
        return new InvalidInputException(name, expected, found, advice);
    }
}
