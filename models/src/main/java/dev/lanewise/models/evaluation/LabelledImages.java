package dev.lanewise.models.evaluation;

import dev.lanewise.InvalidInputException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Images of one channel and their labels.
 *
 * @param pixels bytes, unsigned, image after image, row after row
 * @param labels the class of each image, unsigned
 */
public record LabelledImages(int height, int width, byte[] pixels, byte[] labels) {
    private static final String IMAGES = "images-idx3";
    private static final String LABELS = "labels-idx1";
    private static final int UNSIGNED_BYTES = 8;

    private record Idx(int[] sizes, byte[] elements) {
    }

    /** Whether a file goes by the name of an IDX file of images, as {@code t10k-images-idx3-ubyte.gz}. */
    public static boolean isNameOfImages(Path file) {
        return file.getFileName().toString().contains(IMAGES);
    }

    /**
     * Reads images and, from the file beside them that has {@code labels-idx1} where this one has {@code images-idx3}, their
     * labels: IDX files of unsigned bytes, compressed by gzip.
     *
     * @throws InvalidInputException where a file is something else
     */
    public static LabelledImages read(Path images) throws IOException {
        Path beside = images.resolveSibling(images.getFileName().toString().replace(IMAGES, LABELS));
        Idx pixels = idx(images, 3);
        Idx labels = idx(beside, 1);
        if (labels.sizes[0] != pixels.sizes[0]) {
            throw new InvalidInputException(beside.toString(), pixels.sizes[0] + " labels, as there are images",
                    Integer.toString(labels.sizes[0]), "give the files of one set");
        }
        return new LabelledImages(pixels.sizes[1], pixels.sizes[2], pixels.elements, labels.elements);
    }

    public int count() {
        return labels.length;
    }

    /** The first images, {@code count} or all. */
    public LabelledImages first(int count) {
        int n = Math.min(count, count());
        return new LabelledImages(height, width, Arrays.copyOf(pixels, n * height * width), Arrays.copyOf(labels, n));
    }

    /** Magic number of two zeros, type and rank; sizes as big-endian INT32; elements. */
    private static Idx idx(Path file, int rank) throws IOException {
        try (InputStream raw = Files.newInputStream(file);
                DataInputStream in = new DataInputStream(new BufferedInputStream(new GZIPInputStream(raw)))) {
            int magic = in.readInt();
            if (magic != (UNSIGNED_BYTES << 8 | rank)) {
                throw error(file, "an IDX file of unsigned bytes of rank " + rank,
                        "a start of " + Integer.toHexString(magic));
            }
            int[] sizes = new int[rank];
            long size = 1;
            for (int d = 0; d < rank; d++) {
                sizes[d] = in.readInt();
                size = sizes[d] < 1 || size > Integer.MAX_VALUE / sizes[d] ? -1 : size * sizes[d];
                if (size < 0) {
                    throw error(file, "sizes of 1 or more, and less than 2^31 bytes", Arrays.toString(sizes));
                }
            }
            byte[] elements = in.readNBytes((int) size);
            if (elements.length < size) {
                throw error(file, size + " bytes", elements.length + " bytes");
            }
            return new Idx(sizes, elements);
        } catch (ZipException | java.io.EOFException e) {
            throw error(file, "an IDX file compressed by gzip", e.getMessage() == null ? "its end" : e.getMessage());
        }
    }

    private static InvalidInputException error(Path file, String expected, String found) {
        return new InvalidInputException(file.toString(), expected, found, "check the file");
    }
}
