package dev.lanewise.loaders.onnx;

import dev.lanewise.ModelFormatException;
import dev.lanewise.UnsupportedModelException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The operator set versions that a model, or a function in it, imports. */
record OpsetImports(Map<String, Long> versions) {
    /** The newest version of the standard's own operators that the importers were written for. */
    static final long NEWEST = 28;

    /** @param imports domain in field 1, version in field 2 */
    static OpsetImports of(List<Message> imports) {
        Map<String, Long> versions = new TreeMap<>();
        for (Message i : imports) {
            String domain = Registry.domain(i.text(1));
            long version = i.number(2);
            if (version < 1 || version > Integer.MAX_VALUE) {
                throw error("opset versions of 1 or more", domain + " " + version);
            }
            if (versions.put(domain, version) != null) {
                throw error("one opset version a domain", "two for " + ModelFormatException.printable(domain));
            }
        }
        if (versions.getOrDefault(Registry.STANDARD_DOMAIN, 1L) > NEWEST) {
            throw new UnsupportedModelException(null,
                    List.of(Registry.STANDARD_DOMAIN + " opset " + versions.get(Registry.STANDARD_DOMAIN)));
        }
        return new OpsetImports(versions);
    }

    int version(String domain, String where) {
        Long version = versions.get(domain);
        if (version == null) {
            throw new ModelFormatException(null, where, "an opset import for each domain that nodes use",
                    "none for '" + ModelFormatException.printable(domain) + "'", "correct the model file");
        }
        return version.intValue();
    }

    private static ModelFormatException error(String expected, String found) {
        return new ModelFormatException(null, "opset_import", expected, found, "correct the model file");
    }
}
