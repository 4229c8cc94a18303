package dev.lanewise.models;

import dev.lanewise.Tensor;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * Images of 28 x 28 bytes and their labels, as IDX files hold them.
 *
 * @param pixels image after image
 */
record FashionMnist(byte[] pixels, byte[] labels) {
    private static final int SIDE = 28;
    private static final float MEAN = 0.2860f;
    private static final float DEVIATION = 0.3530f;

    /** Reads {@code <prefix>-images-idx3-ubyte.gz} and {@code <prefix>-labels-idx1-ubyte.gz}. */
    static FashionMnist read(Path folder, String prefix) throws IOException {
        return new FashionMnist(elements(folder.resolve(prefix + "-images-idx3-ubyte.gz")),
                elements(folder.resolve(prefix + "-labels-idx1-ubyte.gz")));
    }

    private static byte[] elements(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
            int rank = in.readInt() & 0xFF;
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

    /** What the models read: [count, 1, 28, 28]. */
    Tensor images(int from, int count) {
        float[] floats = new float[count * SIDE * SIDE];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = ((pixels[from * SIDE * SIDE + i] & 0xFF) / 255f - MEAN) / DEVIATION;
        }
        return Tensor.of(floats, count, 1, SIDE, SIDE);
    }
}
