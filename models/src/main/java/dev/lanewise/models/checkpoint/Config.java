package dev.lanewise.models.checkpoint;

import dev.lanewise.ModelFormatException;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.loaders.json.JsonReader;
import dev.lanewise.loaders.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An untrusted {@code config.json}. It keeps count of the keys that were asked for: one that nobody knows may change what the
 * model computes, so it is not passed over.
 */
final class Config {
    /** Most that a size or count may be. */
    private static final int MOST = 1 << 24;
    static final int MAX_LENGTH = 1 << 20;

    private final JsonValue root;
    private final Set<String> read = new HashSet<>();

    private Config(JsonValue root) {
        this.root = root;
    }

    static Config read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            Config config = new Config(JsonReader.read(in, file.toString(), MAX_LENGTH));
            config.root.members();
            return config;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    JsonValue get(String key) {
        read.add(key);
        return root.get(key);
    }

    /** An object inside of this one, whose keys are counted on their own; null where it is not there. */
    Config part(String key) {
        return get(key).isNull() ? null : needed(key);
    }

    /** The same where it has to be there. */
    Config needed(String key) {
        Config part = new Config(get(key));
        part.root.members();
        return part;
    }

    /** Layers, numbered from 0 to {@code last} and rising, that a key lists. */
    List<Integer> layers(String key, int last) {
        List<Integer> layers = new ArrayList<>();
        for (JsonValue layer : get(key).elements()) {
            layers.add(layer.integer(layers.isEmpty() ? 0 : layers.getLast() + 1, last));
        }
        return layers;
    }

    /** A size or count of 1 or more. */
    int size(String key) {
        return get(key).integer(1, MOST);
    }

    /** A number above 0. */
    float positive(String key) {
        return (float) get(key).number(Float.MIN_NORMAL, Float.MAX_VALUE);
    }

    String text(String key) {
        return get(key).string();
    }

    /** Sizes that a key lists, one or more; null where it is not there. */
    List<Integer> sizes(String key) {
        JsonValue list = get(key);
        if (list.isNull()) {
            return null;
        }
        if (list.elements().isEmpty()) {
            throw list.error("one or more sizes", "none");
        }
        return list.elements().stream().map(e -> e.integer(1, MOST)).toList();
    }

    /** A text that has to be one of some; others are models of a kind that is not there. */
    String oneOf(String key, String... known) {
        String text = text(key);
        if (!List.of(known).contains(text)) {
            throw unsupported(key, text);
        }
        return text;
    }

    UnsupportedModelException unsupported(String key, String value) {
        return new UnsupportedModelException(root.source(),
                List.of(within() + key + " '" + ModelFormatException.printable(value) + "'"));
    }

    /** Fails where the file has keys that nobody asked for. */
    void checkAllRead() {
        List<String> unknown = root.members().keySet().stream().filter(k -> !read.contains(k))
                .map(k -> "key '" + within() + ModelFormatException.printable(k) + "' of this architecture").toList();
        if (!unknown.isEmpty()) {
            throw new UnsupportedModelException(root.source(), unknown);
        }
    }

    /** {@code acm.} of a part, nothing of the whole. */
    private String within() {
        return root.path().equals("$") ? "" : root.path().substring(2) + ".";
    }
}
