package dev.lanewise.models.ocr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.InvalidInputException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageImageTest {
    private static final int[] COLOURS = {0xFF0000, 0x00FF00, 0x0000FF, 0xFFFFFF, 0, 0x808080};

    @TempDir
    Path folder;

    /** 3 x 2 fields of 8 x 8 pixels each. */
    private static byte[] file(String format) throws IOException {
        BufferedImage image = new BufferedImage(24, 16, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 16; y++) {
            for (int x = 0; x < 24; x++) {
                image.setRGB(x, y, COLOURS[y / 8 * 3 + x / 8]);
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(image, format, out));
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "gif", "jpg"})
    void everyFormat(String format) throws IOException {
        PageImage image = PageImage.read(Files.write(folder.resolve("page." + format), file(format)));
        assertEquals(24, image.width());
        assertEquals(16, image.height());
        for (int i = 0; i < COLOURS.length; i++) {
            int found = image.rgb()[(i / 3 * 8 + 4) * 24 + i % 3 * 8 + 4];
            for (int shift = 0; shift < 24; shift += 8) {
                int tolerance = format.equals("jpg") ? 60 : 0;
                assertEquals(COLOURS[i] >> shift & 255, found >> shift & 255, tolerance, format + " " + i);
            }
        }
    }

    @Test
    void whatIsTransparentBecomesWhite() {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(1, 0, 0xFF102030);
        assertArrayEquals(new int[] {0xFFFFFF, 0x102030},
                Arrays.stream(PageImage.of(image).rgb()).map(c -> c & 0xFFFFFF).toArray());
    }

    @Test
    void whatIsNoImage() throws IOException {
        assertThrows(NoSuchFileException.class, () -> PageImage.read(folder.resolve("none.png")));
        Path text = Files.writeString(folder.resolve("text.png"), "no image");
        InvalidInputException e = assertThrows(InvalidInputException.class, () -> PageImage.read(text));
        assertEquals("an image as PNG, JPEG, GIF, BMP", e.expected());
        assertThrows(InvalidInputException.class, () -> PageImage.read("empty", new byte[0]));
        byte[] tiff = file("tiff");
        assertEquals(e.expected(),
                assertThrows(InvalidInputException.class, () -> PageImage.read("tiff", tiff)).expected());
    }

    /** A header is enough to be refused: nothing is allocated for the pixels, and their data is not there. */
    @Test
    void tooManyPixels() {
        ByteBuffer header = ByteBuffer.allocate(33).putLong(0x89504E470D0A1A0AL).putInt(13)
                .put("IHDR".getBytes(StandardCharsets.US_ASCII)).putInt(1 << 30).putInt(1 << 30)
                .put(new byte[] {8, 2, 0, 0, 0});
        CRC32 check = new CRC32();
        check.update(header.array(), 12, 17);
        header.putInt((int) check.getValue());
        InvalidInputException e =
                assertThrows(InvalidInputException.class, () -> PageImage.read("large", header.array()));
        assertEquals("1073741824 x 1073741824", e.found());
        assertEquals("at most 40000000 pixels", e.expected());
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "gif", "jpg"})
    void damage(String format) throws IOException {
        byte[] good = file(format);
        int refused = 0;
        for (int length = 0; length < good.length; length += 1 + good.length / 200) {
            refused += refused(Arrays.copyOf(good, length));
        }
        assertTrue(refused > 0);
        Random random = new Random(7);
        for (int run = 0; run < 300; run++) {
            byte[] bad = good.clone();
            for (int i = 0; i < 1 + run % 3; i++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            refused(bad);
        }
    }

    /** Whether it is; anything but an image or the typed exception goes through. */
    private static int refused(byte[] bytes) {
        try {
            PageImage.read("damaged", bytes);
            return 0;
        } catch (InvalidInputException e) {
            return 1;
        }
    }
}
