package dev.lanewise.models.speech;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.InvalidInputException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** WAVE files, good and bad. */
class RecordingTest {
    /** With a chunk of odd length before the samples, as programs add them. */
    private static byte[] wave(int code, int channels, int bits, short... samples) {
        ByteBuffer out = ByteBuffer.allocate(56 + 2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
        out.put(ascii("RIFF")).putInt(out.capacity() - 8).put(ascii("WAVE"));
        out.put(ascii("fmt ")).putInt(16).putShort((short) code).putShort((short) channels).putInt(16000)
                .putInt(32000).putShort((short) 2).putShort((short) bits);
        out.put(ascii("LIST")).putInt(3).put(new byte[4]);
        out.put(ascii("data")).putInt(2 * samples.length);
        for (short s : samples) {
            out.putShort(s);
        }
        return out.array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void samples() {
        Recording r = Recording.read("a.wav", wave(1, 1, 16, (short) 0, (short) 16384, Short.MIN_VALUE));
        assertArrayEquals(new float[] {0, 0.5f, -1}, r.samples());
        assertEquals(16000, r.rate());
    }

    @ParameterizedTest
    @CsvSource({"3, 1, 16, format 3 of 16 bits with 1 channel at 16000 Hz",
        "1, 2, 16, PCM of 16 bits with 2 channels at 16000 Hz",
        "1, 1, 24, PCM of 24 bits with 1 channel at 16000 Hz"})
    void otherFormats(int code, int channels, int bits, String found) {
        InvalidInputException e = assertThrows(InvalidInputException.class,
                () -> Recording.read("a.wav", wave(code, channels, bits)));
        assertEquals("a.wav", e.name());
        assertEquals(found, e.found());
    }

    @Test
    void filesThatAreTooLarge(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("long.wav");
        Files.write(file, wave(1, 1, 16, (short) 16384));
        assertArrayEquals(new float[] {0.5f}, Recording.read(file).samples());
        try (RandomAccessFile grown = new RandomAccessFile(file.toFile(), "rw")) {
            grown.setLength(Recording.MOST_BYTES + 1L);
        }
        InvalidInputException e = assertThrows(InvalidInputException.class, () -> Recording.read(file));
        assertEquals("at most 536870912 bytes", e.expected());
        assertEquals(file.toString(), e.name());
    }

    @Test
    void filesThatEndTooSoon() {
        byte[] whole = wave(1, 1, 16, (short) 1, (short) 2);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThrows(InvalidInputException.class, () -> Recording.read("a.wav", cut), length + " bytes");
        }
    }
}
