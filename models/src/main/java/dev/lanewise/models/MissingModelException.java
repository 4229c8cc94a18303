package dev.lanewise.models;

import dev.lanewise.LanewiseException;

/** The jar of a built-in model is not there; the message gives its Maven coordinates. */
public final class MissingModelException extends LanewiseException {
    private final String name;
    private final String coordinates;

    MissingModelException(String name, String file, String coordinates) {
        super("model '" + name + "': expected " + file
                + " on the class path or in a resolved module, found nothing; add "
                + coordinates + " (what it depends on is not needed), or name a model file");
        this.name = name;
        this.coordinates = coordinates;
    }

    /** Name of the model. */
    public String name() {
        return name;
    }

    /** {@code group:artifact:version} of the jar to add. */
    public String coordinates() {
        return coordinates;
    }
}
