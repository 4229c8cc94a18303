package dev.lanewise.loaders.file;

import dev.lanewise.ModelFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;

/**
 * A file that is read in pieces, by system calls and not mapped: whatever becomes of a file meanwhile, the outcome is its
 * content or an exception. Each opening checks that it is still the file of the first.
 *
 * @param key what tells the file from others of the same name; null where the file system has nothing of that kind
 */
public record ModelFile(Path path, long size, FileTime modified, Object key) {
    public static ModelFile of(Path path) throws IOException {
        BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
        if (!found.isRegularFile()) {
            throw new ModelFormatException(null, null, "a file", "a directory or device", "name the model file");
        }
        return new ModelFile(path, found.size(), found.lastModifiedTime(), found.fileKey());
    }

    public FileChannel open() throws IOException {
        FileChannel channel = FileChannel.open(path);
        BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
        if (now.size() != size || !now.lastModifiedTime().equals(modified) || !Objects.equals(now.fileKey(), key)) {
            channel.close();
            throw changed("another content or size of " + path.getFileName());
        }
        return channel;
    }

    /** Fills the buffer from {@code position} on. */
    public static void read(FileChannel channel, ByteBuffer into, long position) throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int read = channel.read(into, at);
            if (read < 0) {
                throw changed("its end at byte " + at);
            }
            at += read;
        }
    }

    private static ModelFormatException changed(String found) {
        return new ModelFormatException(null, null, "a file that stays as it is while it is read", found,
                "load it again when nobody writes to it");
    }
}
