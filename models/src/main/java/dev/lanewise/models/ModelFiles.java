package dev.lanewise.models;

import dev.lanewise.ModelSource;
import dev.lanewise.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;

/**
 * Where the files of a named model are. Nothing is kept: each call reads again.
 *
 * @param name name of the model
 * @param modelLocation the ONNX file
 * @param tokenizerLocation its {@code tokenizer.json}
 */
public record ModelFiles(String name, URL modelLocation, URL tokenizerLocation) {

    /** The model for {@code Model.load}, read as it is loaded; it goes by its file name, which tells the format. */
    public ModelSource model() throws IOException {
        return ModelJar.source(modelLocation);
    }

    /** The tokeniser, with the truncation and padding of its file. */
    public Tokenizer tokenizer() throws IOException {
        try (InputStream in = ModelJar.open(tokenizerLocation).getInputStream()) {
            return Tokenizer.load(in, ModelJar.fileName(tokenizerLocation));
        }
    }
}
