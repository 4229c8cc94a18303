package dev.lanewise.loaders.onnx;

import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelSource;
import dev.lanewise.loaders.file.ModelFile;
import dev.lanewise.loaders.file.RawData;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * The bytes of a model from front to back, through a window of a few pages where they are not in memory. What is large is
 * passed over and stays where it is.
 */
final class ModelBytes implements AutoCloseable {
    private static final int WINDOW = 1 << 15;
    /** Parts up to this length are copied with what surrounds them: a look into the file costs more. */
    private static final int SMALL = 1 << 12;

    private final long size;
    /** Where further windows come from; both null for a model in memory, whose window is all of it. */
    private final FileChannel channel;
    private final ModelFile file;
    private final InputStream stream;
    private final byte[] window;
    /** Position of the window's first byte. */
    private long base;
    private int at;
    private int end;

    private ModelBytes(long size, byte[] window, int end, ModelFile file, FileChannel channel, InputStream stream) {
        this.size = size;
        this.window = window;
        this.end = end;
        this.file = file;
        this.channel = channel;
        this.stream = stream;
    }

    static ModelBytes open(ModelSource source) {
        try {
            if (source instanceof ModelSource.Memory memory) {
                return new ModelBytes(memory.bytes().length, memory.bytes(), memory.bytes().length, null, null, null);
            }
            if (source instanceof ModelSource.Stream stream) {
                checkSize(stream.size());
                return new ModelBytes(stream.size(), new byte[WINDOW], 0, null, null, stream.opener().open());
            }
            ModelFile file = ModelFile.of(((ModelSource.File) source).path());
            checkSize(file.size());
            return new ModelBytes(file.size(), new byte[WINDOW], 0, file, file.open(), null);
        } catch (IOException e) {
            throw unreadable(source.name(), e);
        }
    }

    private static void checkSize(long size) {
        if (size > Integer.MAX_VALUE - 64) {
            throw new ModelFormatException(null, null, "a protobuf file below 2 GiB", size + " bytes",
                    "keep large tensors as external data");
        }
    }

    private static UncheckedIOException unreadable(String what, IOException e) {
        return new UncheckedIOException("cannot read " + what + ": " + e.getMessage(), e);
    }

    long size() {
        return size;
    }

    long position() {
        return base + at;
    }

    /** The next byte; the caller has checked that there is one. */
    byte next() {
        if (at == end) {
            fill();
        }
        return window[at++];
    }

    private void fill() {
        base += end;
        at = 0;
        end = (int) Math.min(window.length, size - base);
        read(window, 0, end);
    }

    /** The next {@code count} bytes, which the caller knows to be there. */
    byte[] take(int count) {
        byte[] bytes = new byte[count];
        int known = Math.min(count, end - at);
        System.arraycopy(window, at, bytes, 0, known);
        at += known;
        if (known < count) {
            base += end;
            at = end = 0;
            read(bytes, known, count - known);
            base += count - known;
        }
        return bytes;
    }

    /** Passes over the next {@code count} bytes, which the caller knows to be there. */
    void skip(long count) {
        if (count <= end - at) {
            at += (int) count;
            return;
        }
        long left = count - (end - at);
        if (stream != null) {
            try {
                stream.skipNBytes(left);
            } catch (IOException e) {
                throw failure(e);
            }
        }
        base += end + left;
        at = end = 0;
    }

    /** The next {@code count} bytes where they are; few of them, and those of a stream, are copied. */
    RawData part(int count) {
        if (stream != null || file != null && count <= SMALL) {
            return new RawData.InMemory(take(count), 0, count);
        }
        RawData part = file != null ? new RawData.InFile(file, position(), count)
                : new RawData.InMemory(window, at, count);
        skip(count);
        return part;
    }

    /** Reads to {@code into} what comes at position {@code base}. */
    private void read(byte[] into, int from, int count) {
        try {
            if (channel != null) {
                ModelFile.read(channel, ByteBuffer.wrap(into, from, count), base);
            } else if (stream.readNBytes(into, from, count) < count) {
                throw new EOFException();
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private RuntimeException failure(IOException e) {
        return e instanceof EOFException
                ? new ModelFormatException(null, null, size + " bytes", "fewer", "the source ends early", e)
                : unreadable(file == null ? "the model" : file.path().toString(), e);
    }

    @Override
    public void close() {
        try {
            if (channel != null) {
                channel.close();
            }
            if (stream != null) {
                stream.close();
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }
}
