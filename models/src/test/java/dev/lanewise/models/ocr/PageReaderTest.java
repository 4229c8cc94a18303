package dev.lanewise.models.ocr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.InvalidInputException;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages whose text is known. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageReaderTest {
    private static final List<String> LINES = List.of(
            "The quick brown fox jumps over the lazy dog,",
            "see the watery part of the world. It is a way",
            "Invoice No. 2026-11/0457: total $1,234.56",
            "+49 (30) 901820, info@example.org; 100% cotton",
            "\"Quoted words\", it's said, are easy & short!");

    private static final double MOST_ERRORS = 0.02;

    private PageReader reader;

    @BeforeAll
    void load() throws IOException {
        reader = PageReader.load(OcrModels.find(OcrModels.DEFAULT), OcrOptions.defaults().withThreads(2));
    }

    @AfterAll
    void close() {
        reader.close();
    }

    /** Liberation Sans comes with the tests; a logical font is whatever the machine has for it. */
    @ParameterizedTest
    @CsvSource({", 14, 0", ", 24, 0", ", 20, 3", "Serif, 18, -4", "Monospaced, 30, 0"})
    void readsAtLeast98OfAHundredCharacters(String logical, int size, double degrees)
            throws IOException {
        Font own = RenderedPage.liberationSans();
        Font font = (logical == null ? own : new Font(logical, Font.PLAIN, 1)).deriveFont((float) size);
        assertRight(LINES, reader.read(PageImage.of(RenderedPage.of(font, LINES, degrees))));
    }

    private static void assertRight(List<String> expected, List<TextLine> lines) {
        String found = text(lines);
        int characters = String.join("\n", expected).length();
        int errors = editDistance(String.join("\n", expected), found);
        assertTrue(errors <= MOST_ERRORS * characters, () -> errors + " errors of " + characters + ":\n" + found);
    }

    private static String text(List<TextLine> lines) {
        return lines.stream().map(TextLine::text).collect(Collectors.joining("\n"));
    }

    /** Characters to insert, drop or replace (Levenshtein). */
    private static int editDistance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    @Test
    void theDistanceOfTexts() {
        assertEquals(3, editDistance("kitten", "sitting"));
        assertEquals(4, editDistance("", "four"));
    }

    /** A page that lies upside down or on a side is read from its own top. */
    @ParameterizedTest
    @ValueSource(doubles = {90, 180, 270})
    void aPageThatIsTurned(double degrees) throws IOException {
        List<String> lines = LINES.subList(0, 2);
        List<TextLine> found = reader.read(
                PageImage.of(RenderedPage.of(RenderedPage.liberationSans().deriveFont(22f), lines, degrees)));
        assertRight(lines, found);
        assertEquals(2, found.size());
        double turned = found.getFirst().boxes().getFirst().place().angle() - Math.toRadians(degrees);
        assertEquals(0, Math.IEEEremainder(turned, 2 * Math.PI), 0.05);
    }

    @Test
    void anotherNumberOfThreadsReadsTheSame() throws IOException {
        PageImage page = PageImage.of(
                RenderedPage.of(RenderedPage.liberationSans().deriveFont(18f), LINES, 2));
        try (PageReader alone = PageReader.load(OcrModels.find(OcrModels.DEFAULT), OcrOptions.defaults())) {
            List<TextLine> lines = alone.read(page);
            assertEquals(LINES.size(), lines.size());
            // Down to the last bit of each confidence and corner.
            assertEquals(lines, reader.read(page));
            try (PageReader many = PageReader.load(OcrModels.find(OcrModels.DEFAULT),
                    OcrOptions.defaults().withThreads(5))) {
                assertEquals(lines, many.read(page));
            }
        }
    }

    /** The one that runs at other widths as well: pages take too long there. */
    @Test
    @Tag("width")
    void whereTheTextIs() throws IOException {
        BufferedImage page = RenderedPage.of(RenderedPage.liberationSans().deriveFont(32f), List.of("Hello"), 0);
        TextBox box = reader.read(PageImage.of(page)).getFirst().boxes().getFirst();
        assertEquals("Hello", box.text());
        assertTrue(box.confidence() > 0.9 && box.confidence() <= 1, box.toString());
        assertEquals(page.getWidth() / 2.0, box.place().x(), 4);
        assertEquals(page.getHeight() / 2.0 - 3, box.place().y(), 5);
        assertEquals(page.getWidth() - 128, box.place().width(), 20);
        assertEquals(0, box.place().angle(), 0.05);
    }

    @Test
    void anotherModelIsRefused() throws IOException {
        OcrModels models = OcrModels.find(OcrModels.DEFAULT);
        InvalidInputException none = assertThrows(InvalidInputException.class, () -> OcrModels.find("pp-ocr"));
        assertTrue(none.getMessage().contains("pp-ocr-v4"), none.getMessage());
        InvalidInputException e = assertThrows(InvalidInputException.class,
                () -> PageReader.load(models.withRecogniser(models.detector()), OcrOptions.defaults()));
        assertTrue(e.getMessage().contains("property 'character'"), e.getMessage());
        OcrModels swapped = new OcrModels(models.classifier(), models.recogniser(), models.classifier());
        try (PageReader wrong = PageReader.load(swapped, OcrOptions.defaults())) {
            PageImage image = new PageImage(32, 32, new int[32 * 32]);
            assertEquals("an output FLOAT [1, 1, 32, 32]",
                    assertThrows(InvalidInputException.class, () -> wrong.read(image)).expected());
        }
    }
}
