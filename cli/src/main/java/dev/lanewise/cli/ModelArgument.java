package dev.lanewise.cli;

import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelSource;
import dev.lanewise.models.BuiltInModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The model that a command is given: a built-in name, or a file. */
final class ModelArgument {
    static final String DESCRIPTION = "A model file, a folder with config.json and model.safetensors, or a built-in "
            + "name: all-minilm-l6-v2, all-minilm-l6-v2-q.";

    private ModelArgument() {
    }

    static ModelSource source(String nameOrFile) throws IOException {
        check(nameOrFile);
        return BuiltInModels.has(nameOrFile) ? BuiltInModels.find(nameOrFile).model()
                : ModelSource.of(Path.of(nameOrFile));
    }

    static void check(String nameOrFile) {
        if (!BuiltInModels.has(nameOrFile) && !Files.exists(Path.of(nameOrFile))) {
            throw new InvalidInputException("model", "a model file, or one of " + BuiltInModels.names(),
                    "neither (no file " + InvalidInputException.printable(nameOrFile) + ")", "check the name");
        }
    }
}
