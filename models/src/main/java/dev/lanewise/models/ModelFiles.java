package dev.lanewise.models;

import dev.lanewise.ModelSource;
import dev.lanewise.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;

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
        String name = fileName(modelLocation);
        URLConnection connection = open(modelLocation);
        // Closing its stream closes the jar, so each reading opens its own.
        try (InputStream in = connection.getInputStream()) {
            long length = connection.getContentLengthLong();
            return length < 0 ? ModelSource.of(name, in)
                    : new ModelSource.Stream(name, length, () -> open(modelLocation).getInputStream());
        }
    }

    /** The tokeniser, with the truncation and padding of its file. */
    public Tokenizer tokenizer() throws IOException {
        try (InputStream in = open(tokenizerLocation).getInputStream()) {
            return Tokenizer.load(in, fileName(tokenizerLocation));
        }
    }

    /** Without the cache of open jars, which would keep the file open as long as the JVM runs. */
    private static URLConnection open(URL location) throws IOException {
        URLConnection connection = location.openConnection();
        connection.setUseCaches(false);
        return connection;
    }

    private static String fileName(URL location) {
        String path = location.getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
