package dev.lanewise.models.tokenizer;

import dev.lanewise.LanewiseException;
import dev.lanewise.loaders.json.JsonValue;

/** A valid {@code tokenizer.json} that names a component which this version does not have. */
public final class UnsupportedTokenizerException extends LanewiseException {
    private final String source;
    private final String path;
    private final String component;

    private UnsupportedTokenizerException(String source, String path, String kind, String component) {
        super(printable(source) + ": " + printable(path) + ": " + kind + " '" + printable(component)
                + "' is not supported; give the model token ids made elsewhere, or use one with a WordPiece tokenizer");
        this.source = source;
        this.path = path;
        this.component = component;
    }

    static UnsupportedTokenizerException of(JsonValue place, String kind, String component) {
        return new UnsupportedTokenizerException(place.source(), place.path(), kind, component);
    }

    public String source() {
        return source;
    }

    /** JSON path of the component, as {@code $.model}. */
    public String path() {
        return path;
    }

    /** The type named in the file, as {@code BPE}. */
    public String component() {
        return component;
    }
}
