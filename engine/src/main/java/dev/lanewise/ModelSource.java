package dev.lanewise;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Where a model comes from: a file, or bytes that are in memory already (out of a jar, over a network). */
public sealed interface ModelSource {
    /** A file; only this kind may refer to further files beside it. */
    record File(Path path) implements ModelSource {
        @Override
        public String name() {
            return path.toString();
        }

        @Override
        public byte[] head(int count) throws IOException {
            try (InputStream in = Files.newInputStream(path)) {
                return in.readNBytes(count);
            }
        }
    }

    /**
     * Bytes in memory, neither copied nor changed.
     *
     * @param name what to call it in messages; its ending helps to tell the format
     */
    record Memory(String name, byte[] bytes) implements ModelSource {
        @Override
        public byte[] head(int count) {
            return Arrays.copyOf(bytes, Math.min(count, bytes.length));
        }
    }

    /**
     * A resource that is read once from front to back, so that its bytes are never in memory as a whole.
     *
     * @param size its length in bytes
     */
    record Stream(String name, long size, Opener opener) implements ModelSource {
        /** Opens the resource; the reader closes it. */
        public interface Opener {
            InputStream open() throws IOException;
        }

        @Override
        public byte[] head(int count) throws IOException {
            try (InputStream in = opener.open()) {
                return in.readNBytes(count);
            }
        }
    }

    static ModelSource of(Path path) {
        return new File(path);
    }

    static ModelSource of(String name, byte[] bytes) {
        return new Memory(name, bytes);
    }

    /** Reads the stream to its end; the caller closes it. */
    static ModelSource of(String name, InputStream in) throws IOException {
        return new Memory(name, in.readAllBytes());
    }

    /** Name for messages. */
    String name();

    /** The first {@code count} bytes, or all where there are fewer. */
    byte[] head(int count) throws IOException;
}
