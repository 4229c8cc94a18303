package dev.lanewise.models;

import dev.lanewise.InvalidInputException;
import java.util.Arrays;
import java.util.List;

/**
 * Models with a name, whose files come in a jar that the user adds: {@code all-minilm-l6-v2} (float, 90 MB) and
 * {@code all-minilm-l6-v2-q} (dynamically quantised to int8, 23 MB), sentence embeddings of 384 numbers, Apache-2.0.
 */
public final class BuiltInModels {
    static final String GROUP = "dev.langchain4j";
    static final String VERSION = "1.19.0-beta29";

    private static final List<String> NAMES = List.of("all-minilm-l6-v2", "all-minilm-l6-v2-q");

    private BuiltInModels() {
    }

    public static List<String> names() {
        return NAMES;
    }

    /** Whether {@code name} is that of a built-in model; file names are not. */
    public static boolean has(String name) {
        return NAMES.contains(name);
    }

    /** Maven coordinates of the jar with the files; what that artefact depends on itself is not needed. */
    public static String coordinates(String name) {
        check(name);
        return GROUP + ":langchain4j-embeddings-" + name + ":" + VERSION;
    }

    /**
     * Finds the files of a model, without reading them.
     *
     * @throws InvalidInputException when there is no model of that name
     * @throws MissingModelException when its jar is neither on the class path nor a resolved module
     */
    public static ModelFiles find(String name) {
        return find(name,
                Arrays.asList(BuiltInModels.class.getClassLoader(), Thread.currentThread().getContextClassLoader()));
    }

    /** The same in these loaders, some of which may be null. */
    static ModelFiles find(String name, List<ClassLoader> loaders) {
        ModelJar jar = new ModelJar(coordinates(name));
        return new ModelFiles(name, jar.find(name, name + ".onnx", loaders),
                jar.find(name, name + "-tokenizer.json", loaders));
    }

    private static void check(String name) {
        if (!has(name)) {
            throw new InvalidInputException("model", "one of " + String.join(", ", NAMES), name,
                    "use one of these names, or the path of a model file");
        }
    }
}
