package dev.lanewise.models.speech;

import dev.lanewise.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Sound of one channel.
 *
 * @param samples amplitudes in [-1, 1)
 * @param rate samples a second
 */
public record Recording(float[] samples, int rate) {
    /** Larger files are refused: 4 hours and 39 minutes at 16 kHz. In memory a sample takes twice as much as in the file. */
    public static final int MOST_BYTES = 512 << 20;
    private static final int RIFF_HEADER = 12;
    private static final int CHUNK_HEADER = 8;
    private static final int FORMAT_BYTES = 16;
    private static final int PCM = 1;
    private static final int BITS = 16;
    private static final float FULL_SCALE = 32768;

    /** How the samples lie in the file. */
    private record Format(int code, int channels, int rate, int bits) {
        @Override
        public String toString() {
            return (code == PCM ? "PCM" : "format " + code) + " of " + bits + " bits with " + channels
                    + (channels == 1 ? " channel" : " channels");
        }
    }

    /**
     * Reads a WAVE file of PCM with 16 bits and one channel, at any rate (Multimedia Programming Interface and Data Specifications
     * 1.0, 1991).
     *
     * @throws InvalidInputException when the file is another one, ends too soon, or is larger than {@link #MOST_BYTES}
     */
    public static Recording read(Path file) throws IOException {
        byte[] bytes = {};
        long length = Files.size(file);
        if (length <= MOST_BYTES) {
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(MOST_BYTES + 1);
            }
            length = bytes.length; // the file may have grown, or be none that knows its size
        }
        if (length > MOST_BYTES) {
            throw new InvalidInputException(file.toString(), "at most " + MOST_BYTES + " bytes", length + " or more",
                    "cut the recording into parts");
        }
        return read(file.toString(), bytes);
    }

    static Recording read(String name, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < RIFF_HEADER || !tag(in, 0).equals("RIFF") || !tag(in, CHUNK_HEADER).equals("WAVE")) {
            throw error(name, "a WAVE file", "other first bytes");
        }
        Format format = null;
        for (long at = RIFF_HEADER; at + CHUNK_HEADER <= bytes.length;) {
            int from = (int) at + CHUNK_HEADER;
            long length = Integer.toUnsignedLong(in.getInt(from - 4));
            String tag = tag(in, (int) at);
            if (length > bytes.length - from) {
                throw error(name, "chunk '" + tag + "' of " + length + " bytes", bytes.length - from + " bytes");
            }
            if (tag.equals("fmt ")) {
                format = format(name, in, from, length);
            } else if (tag.equals("data")) {
                if (format == null) {
                    throw error(name, "chunk 'fmt ' before 'data'", "none");
                }
                return new Recording(samples(in, from, (int) length / Short.BYTES), format.rate);
            }
            at = from + length + (length & 1);
        }
        throw error(name, "a chunk 'data'", "none");
    }

    private static Format format(String name, ByteBuffer in, int from, long length) {
        if (length < FORMAT_BYTES) {
            throw error(name, "chunk 'fmt ' of " + FORMAT_BYTES + " bytes", length + " bytes");
        }
        Format format = new Format(Short.toUnsignedInt(in.getShort(from)),
                Short.toUnsignedInt(in.getShort(from + 2)), in.getInt(from + 4),
                Short.toUnsignedInt(in.getShort(from + 14)));
        if (format.code != PCM || format.channels != 1 || format.bits != BITS || format.rate < 1) {
            throw error(name, "PCM of 16 bits with 1 channel", format + " at " + format.rate + " Hz");
        }
        return format;
    }

    private static float[] samples(ByteBuffer in, int from, int count) {
        float[] samples = new float[count];
        for (int i = 0; i < count; i++) {
            samples[i] = in.getShort(from + Short.BYTES * i) / FULL_SCALE;
        }
        return samples;
    }

    private static String tag(ByteBuffer in, int at) {
        byte[] four = new byte[4];
        in.get(at, four);
        return new String(four, StandardCharsets.ISO_8859_1);
    }

    private static InvalidInputException error(String name, String expected, String found) {
        return new InvalidInputException(name, expected, found,
                "convert it to a WAVE file of 16-bit PCM with one channel");
    }
}
