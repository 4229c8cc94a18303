package dev.lanewise.loaders.onnx;

import dev.lanewise.ModelFormatException;
import dev.lanewise.loaders.file.ModelFile;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the files beside a model that hold its larger tensors. A location comes from the untrusted file: it must be a
 * relative path to a regular file in the model's folder, and symbolic links are followed only where an allowed root is given
 * and holds their target.
 */
final class ExternalData {
    private static final System.Logger LOG = System.getLogger("dev.lanewise.loaders");
    private static final Set<String> KNOWN_KEYS = Set.of("location", "offset", "length", "checksum");

    private final Path modelFolder;
    private final Path allowedRoot;
    private final Budget budget;
    private final Map<Path, ModelFile> files = new HashMap<>();

    /** Part of a file; {@code length} is -1 where the entry does not say. */
    record Part(ModelFile file, long offset, long length) {
    }

    /** {@code modelFolder} is null for a model that was not read from a file; {@code allowedRoot} may be null. */
    ExternalData(Path modelFolder, Path allowedRoot, Budget budget) {
        this.modelFolder = modelFolder;
        this.allowedRoot = allowedRoot;
        this.budget = budget;
    }

    /** @param entries key in field 1, value in field 2 */
    Part find(List<Message> entries, String where) throws IOException {
        Map<String, String> values = new HashMap<>();
        for (Message e : entries) {
            if (values.put(e.text(1), e.text(2)) != null) {
                throw error(where, "each key of external data once", "'" + printable(e.text(1)) + "' twice");
            }
            if (!KNOWN_KEYS.contains(e.text(1))) {
                LOG.log(Level.WARNING, "{0}: unknown key ''{1}'' of external data is ignored", where,
                        printable(e.text(1)));
            }
        }
        Path path = resolve(values.getOrDefault("location", ""), where);
        long offset = number(values.get("offset"), 0, where);
        long length = number(values.get("length"), -1, where);
        ModelFile file = files.get(path);
        if (file == null) {
            file = ModelFile.of(path);
            files.put(path, file);
            budget.add(file.size());
        }
        if (offset > file.size() || length > file.size() - offset) {
            throw error(where, "external data within the " + file.size() + " bytes of " + path.getFileName(),
                    "offset " + offset + (length < 0 ? "" : ", length " + length));
        }
        return new Part(file, offset, length);
    }

    private Path resolve(String location, String where) throws IOException {
        if (modelFolder == null) {
            throw new ModelFormatException(null, where, "a model whose tensors are all in the model itself",
                    "external data '" + printable(location) + "'", "load the model from a file, beside its data files");
        }
        if (location.isBlank() || location.startsWith("/") || location.indexOf('\\') >= 0 || location.indexOf('\0') >= 0
                || location.indexOf(':') >= 0 || List.of(location.split("/")).contains("..")) {
            throw error(where, "a location relative to the model's folder, without '..', ':' or '\\'",
                    "'" + printable(location) + "'");
        }
        try {
            Path folder = modelFolder.toRealPath();
            Path file = folder.resolve(location);
            Path real = file.toRealPath();
            if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
                throw error(where, "a regular file at '" + printable(location) + "'", "something else");
            }
            boolean linked = hasLink(folder, file);
            if (linked && allowedRoot == null) {
                throw new ModelFormatException(null, where, "external data without symbolic links",
                        "a link at '" + printable(location) + "'",
                        "set LoadOptions.allowedRoot to a folder that holds the link's target");
            }
            if (!real.startsWith(folder) && (allowedRoot == null || !real.startsWith(allowedRoot.toRealPath()))) {
                throw error(where, "external data under the model's folder or the allowed root",
                        "'" + printable(location) + "' pointing elsewhere");
            }
            return real;
        } catch (NoSuchFileException e) {
            throw new ModelFormatException(null, where, "external data file '" + printable(location) + "'",
                    "no such file",
                    "put it beside the model", e);
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

    private static long number(String text, long ifAbsent, String where) {
        if (text == null) {
            return ifAbsent;
        }
        if (text.isEmpty() || text.length() > 19 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw error(where, "an offset or length of external data in [0, 2^63)", "'" + printable(text) + "'");
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw error(where, "an offset or length of external data in [0, 2^63)", "'" + printable(text) + "'");
        }
    }

    private static String printable(String name) {
        return ModelFormatException.printable(name);
    }

    private static ModelFormatException error(String where, String expected, String found) {
        return new ModelFormatException(null, where, expected, found, "correct the model file");
    }
}
