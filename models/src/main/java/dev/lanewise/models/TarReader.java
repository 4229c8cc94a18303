package dev.lanewise.models;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The files of a tar archive one after the other (POSIX ustar, without extended headers): a block of 512 bytes that describes the
 * file, then its bytes, filled up to whole blocks.
 */
final class TarReader {
    private static final int BLOCK = 512;
    private static final int NAME = 0;
    private static final int NAME_LENGTH = 100;
    private static final int SIZE = 124;
    private static final int SIZE_LENGTH = 12;

    private final InputStream in;
    private long left;
    private int padding;

    TarReader(InputStream in) {
        this.in = in;
    }

    /** The path of the next file, whose bytes are next in {@link #content}; null at the end. */
    String next() throws IOException {
        in.skipNBytes(left + padding);
        byte[] header = in.readNBytes(BLOCK);
        if (header.length == 0 || header.length == BLOCK && header[NAME] == 0) {
            left = 0;
            padding = 0;
            return null;
        }
        if (header.length < BLOCK) {
            throw new EOFException("the archive ends after " + header.length + " bytes of a header of " + BLOCK);
        }
        left = octal(text(header, SIZE, SIZE_LENGTH));
        padding = (int) (-left & BLOCK - 1);
        return text(header, NAME, NAME_LENGTH);
    }

    /** The bytes of the file whose path was last returned, and no more. */
    InputStream content() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] to, int from, int length) throws IOException {
                if (left == 0) {
                    return -1;
                }
                int n = in.read(to, from, (int) Math.min(length, left));
                if (n < 0) {
                    throw new EOFException("the archive ends " + left + " bytes before the end of a file");
                }
                left -= n;
                return n;
            }
        };
    }

    private static long octal(String digits) throws IOException {
        try {
            long value = Long.parseLong(digits.strip(), 8);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IOException(
                "expected the size of a file in octal digits, found '" + digits + "': the archive is damaged");
    }

    private static String text(byte[] header, int from, int length) {
        int end = from;
        while (end < from + length && header[end] != 0) {
            end++;
        }
        return new String(header, from, end - from, StandardCharsets.UTF_8);
    }
}
