package dev.lanewise;

import java.util.List;

/** A valid model that needs what this version does not have; {@code features} lists all of it at once. */
public final class UnsupportedModelException extends LanewiseException {
    private final String source;
    private final List<String> features;

    /** Each feature is an operator ({@code ai.onnx.Foo-13}) or a type, named once. */
    public UnsupportedModelException(String source, List<String> features) {
        super(printable(source) + ": not supported: " + String.join(", ", features)
                + "; export the model without them, or see docs/operators.md for what is supported");
        this.source = source;
        this.features = List.copyOf(features);
    }

    public String source() {
        return source;
    }

    public List<String> features() {
        return features;
    }
}
