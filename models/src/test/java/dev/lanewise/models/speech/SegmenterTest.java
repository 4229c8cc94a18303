package dev.lanewise.models.speech;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.InvalidInputException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Segments of probabilities, worked out by hand: windows of 100 samples at 1000 Hz, so that a sample is a millisecond. */
class SegmenterTest {
    /** Each window's probability in tenths; then speech, silence and padding in milliseconds; then segments. */
    @ParameterizedTest
    @CsvSource({"0000000, 100, 100, 0, ''", "0099900, 100, 100, 0, 200-500", "0099999, 100, 100, 0, 200-680",
        "0099499, 100, 100, 0, 200-680", // 0.4 is no silence for speech that has begun
        "0040000, 100, 100, 0, ''", // nor speech by itself
        "0099299000, 100, 200, 0, 200-700", // one window of silence is too short
        "00992299000, 100, 200, 0, 200-800", "009922299000, 100, 200, 0, '200-400, 700-900'",
        "0099000, 200, 100, 0, ''", "0099900, 299, 100, 0, 200-500", // longer, not as long
        "0990099000, 100, 100, 30, '70-330, 470-730'", "0990099000, 100, 100, 150, '0-400, 400-850'",
        "9990000, 100, 100, 30, 0-330", "0000099, 100, 100, 500, 0-680", "5, 0, 100, 0, 0-80"})
    void segments(String tenths, int speech, int silence, int padding, String expected) {
        check(tenths, SegmentOptions.defaults().withMillis(speech, silence, padding), expected);
    }

    /** Also the longest speech in milliseconds; it is cut in the window that begins later than that less a window and the paddings. */
    @ParameterizedTest
    @CsvSource({"0999999990, 100, 0, 500, '100-600, 700-980'", // no silence in it: a window is lost
        "0990999900, 200, 0, 600, '100-300, 400-980'", "0990999900, 200, 0, 1000, 100-980",
        "0909009999990, 300, 0, 1000, '100-400, 600-1280'", // the longest silence, not the last
        "09009099999999999, 300, 0, 700, '100-200, 400-500, 600-1300, 1400-1680'",
        "09949999999, 200, 0, 600, '100-700, 800-1080'", // 0.4 is no silence
        "0999999990, 100, 50, 600, '50-650, 650-980'"})
    void cutsLongSpeech(String tenths, int silence, int padding, int longest, String expected) {
        check(tenths, SegmentOptions.defaults().withMillis(100, silence, padding).withMaxSpeechMillis(longest),
                expected);
    }

    private static void check(String tenths, SegmentOptions options, String expected) {
        float[] probabilities = new float[tenths.length()];
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] = (tenths.charAt(i) - '0') / 10f;
        }
        int samples = 100 * tenths.length() - 20;
        List<SpeechSegment> found = new Segmenter(options, 100, samples, 1000).segments(probabilities);
        assertEquals(expected, found.stream().map(s -> s.start() + "-" + s.end()).collect(Collectors.joining(", ")),
                Arrays.toString(probabilities));
    }

    @Test
    void optionsThatMakeNoSense() {
        assertThrows(InvalidInputException.class, () -> SegmentOptions.ofThreshold(1.5));
        assertThrows(InvalidInputException.class, () -> new SegmentOptions(0.5, 0.6, 0, 0, 0, 1000));
        assertThrows(InvalidInputException.class, () -> SegmentOptions.defaults().withMaxSpeechMillis(92));
        assertEquals(93, SegmentOptions.defaults().withMaxSpeechMillis(93).maxSpeechMillis());
        assertThrows(InvalidInputException.class, () -> SegmentOptions.defaults().withMillis(0, -1, 0));
    }
}
