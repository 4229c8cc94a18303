package dev.lanewise.loaders.file;

import dev.lanewise.ModelFormatException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Finds further files that a file names. A location comes from the untrusted file: it must be a relative path to a regular file in
 * the same folder or below, and symbolic links are followed only where an allowed root is given and holds their target.
 */
public final class FilesBeside {
    private final Path folder;
    private final Path allowedRoot;
    private final String what;
    private final String owner;

    /**
     * @param folder that of the file which names the others
     * @param allowedRoot may be null
     * @param what the files are, in messages
     * @param owner what names them, in messages
     */
    public FilesBeside(Path folder, Path allowedRoot, String what, String owner) {
        this.folder = folder;
        this.allowedRoot = allowedRoot;
        this.what = what;
        this.owner = owner;
    }

    /** @param where names the place that has the location */
    public ModelFile find(String location, String where) throws IOException {
        if (location.isBlank() || location.startsWith("/") || location.indexOf('\\') >= 0 || location.indexOf('\0') >= 0
                || location.indexOf(':') >= 0 || List.of(location.split("/")).contains("..")) {
            throw error(where, "a location relative to the " + owner + "'s folder, without '..', ':' or '\\'",
                    quoted(location), "correct the " + owner);
        }
        try {
            Path real = folder.toRealPath();
            Path file = real.resolve(location);
            Path target = file.toRealPath();
            if (!Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
                throw error(where, "a regular file at " + quoted(location), "something else", "correct the " + owner);
            }
            if (allowedRoot == null && hasLink(real, file)) {
                throw error(where, what + " without symbolic links", "a link at " + quoted(location),
                        "set LoadOptions.allowedRoot to a folder that holds the link's target");
            }
            if (!target.startsWith(real) && (allowedRoot == null || !target.startsWith(allowedRoot.toRealPath()))) {
                throw error(where, what + " under the " + owner + "'s folder or the allowed root",
                        quoted(location) + " pointing elsewhere", "correct the " + owner);
            }
            return ModelFile.of(target);
        } catch (NoSuchFileException e) {
            throw new ModelFormatException(null, where, what + " file " + quoted(location), "no such file",
                    "put it beside the " + owner, e);
        } catch (FileSystemException | InvalidPathException e) {
            throw new ModelFormatException(null, where, what + " file " + quoted(location),
                    "a path that cannot be opened", "check the " + owner + " and the file's permissions", e);
        }
    }

    private static boolean hasLink(Path folder, Path file) {
        for (Path p = file; p != null && !p.equals(folder); p = p.getParent()) {
            if (Files.isSymbolicLink(p)) {
                return true;
            }
        }
        return false;
    }

    private static String quoted(String location) {
        return "'" + ModelFormatException.printable(location) + "'";
    }

    private static ModelFormatException error(String where, String expected, String found, String advice) {
        return new ModelFormatException(null, where, expected, found, advice);
    }
}
