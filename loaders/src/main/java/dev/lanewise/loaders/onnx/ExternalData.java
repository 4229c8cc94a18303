package dev.lanewise.loaders.onnx;

import dev.lanewise.ModelFormatException;
import dev.lanewise.loaders.file.FilesBeside;
import dev.lanewise.loaders.file.ModelFile;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the parts of files beside a model that hold its larger tensors. */
final class ExternalData {
    private static final System.Logger LOG = System.getLogger("dev.lanewise.loaders");
    private static final Set<String> KNOWN_KEYS = Set.of("location", "offset", "length", "checksum");

    /** Null for a model that was not read from a file. */
    private final FilesBeside beside;
    private final Budget budget;
    private final Map<Path, ModelFile> files = new HashMap<>();

    /** Part of a file; {@code length} is -1 where the entry does not say. */
    record Part(ModelFile file, long offset, long length) {
    }

    /** {@code modelFolder} is null for a model that was not read from a file; {@code allowedRoot} may be null. */
    ExternalData(Path modelFolder, Path allowedRoot, Budget budget) {
        this.beside = modelFolder == null ? null : new FilesBeside(modelFolder, allowedRoot, "external data", "model");
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
        String location = values.getOrDefault("location", "");
        if (beside == null) {
            throw new ModelFormatException(null, where, "a model whose tensors are all in the model itself",
                    "external data '" + printable(location) + "'", "load the model from a file, beside its data files");
        }
        ModelFile found = beside.find(location, where);
        long offset = number(values.get("offset"), 0, where);
        long length = number(values.get("length"), -1, where);
        ModelFile file = files.putIfAbsent(found.path(), found);
        if (file == null) {
            file = found;
            budget.add(file.size());
        }
        if (offset > file.size() || length > file.size() - offset) {
            throw error(where, "external data within the " + file.size() + " bytes of " + file.path().getFileName(),
                    "offset " + offset + (length < 0 ? "" : ", length " + length));
        }
        return new Part(file, offset, length);
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
