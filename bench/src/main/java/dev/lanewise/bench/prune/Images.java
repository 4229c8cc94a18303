package dev.lanewise.bench.prune;

import dev.lanewise.Tensor;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * Labelled images of one channel, as {@code PREFIX-images-idx3-ubyte.gz} and {@code PREFIX-labels-idx1-ubyte.gz} hold them.
 *
 * @param side height and width
 */
record Images(int side, byte[] pixels, byte[] labels) {
    private static final int IMAGE_RANK = 3;

    static Images read(Path folder, String prefix) throws IOException {
        byte[] labels = elements(folder.resolve(prefix + "-labels-idx1-ubyte.gz"), 1);
        byte[] pixels = elements(folder.resolve(prefix + "-images-idx3-ubyte.gz"), IMAGE_RANK);
        return new Images((int) Math.round(Math.sqrt((double) pixels.length / labels.length)), pixels, labels);
    }

    private static byte[] elements(Path file, int rank) throws IOException {
        try (DataInputStream in = new DataInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
            int found = in.readInt() & 0xFF;
            if (found != rank) {
                throw new IOException(file + ": expected " + rank + " dimensions, found " + found);
            }
            int size = 1;
            for (int i = 0; i < rank; i++) {
                size = Math.multiplyExact(size, in.readInt());
            }
            return in.readNBytes(size);
        }
    }

    int count() {
        return labels.length;
    }

    /** {@code [count, 1, side, side]}, standardised. */
    Tensor batch(int from, int count, float mean, float deviation) {
        float[] floats = new float[count * side * side];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = ((pixels[from * side * side + i] & 0xFF) / 255f - mean) / deviation;
        }
        return Tensor.of(floats, count, 1, side, side);
    }
}
