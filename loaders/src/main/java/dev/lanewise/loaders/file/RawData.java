package dev.lanewise.loaders.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** Elements of a tensor as the file has them, left where they are until someone reads them. */
public sealed interface RawData {
    /** Takes bytes in order, some at a time. */
    interface Sink {
        /** @param part little-endian, its remaining bytes a multiple of 8 but in the last part */
        void take(ByteBuffer part);
    }

    long length();

    void read(Sink sink);

    /** Part of an array that the model was given in. */
    record InMemory(byte[] bytes, int from, long length) implements RawData {
        @Override
        public void read(Sink sink) {
            sink.take(ByteBuffer.wrap(bytes, from, (int) length).slice().order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    /** Part of a file. */
    record InFile(ModelFile file, long from, long length) implements RawData {
        private static final int PART = 1 << 17;

        @Override
        public void read(Sink sink) {
            ByteBuffer part = ByteBuffer.allocateDirect((int) Math.min(PART, length)).order(ByteOrder.LITTLE_ENDIAN);
            try (FileChannel channel = file.open()) {
                for (long done = 0; done < length; done += part.limit()) {
                    part.clear().limit((int) Math.min(part.capacity(), length - done));
                    ModelFile.read(channel, part, from + done);
                    sink.take(part.flip());
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file.path() + ": " + e.getMessage(), e);
            }
        }
    }
}
