package dev.lanewise.models;

import dev.lanewise.ModelSource;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A jar with files of models that users add; what it depends on itself is not needed. The files lie where no module hides them. On the
 * module path the jar has to be resolved as well ({@code --add-modules}), since nothing requires it by name; on the class path it is
 * enough that it is there.
 *
 * @param coordinates {@code group:artifact:version}
 */
public record ModelJar(String coordinates) {
    /**
     * Finds a file and reads nothing of it.
     *
     * @param model name of the model that it belongs to, for the message
     * @throws MissingModelException when the jar is neither on the class path nor a resolved module
     */
    public URL find(String model, String file) {
        return find(model, file,
                Arrays.asList(ModelJar.class.getClassLoader(), Thread.currentThread().getContextClassLoader()));
    }

    /** The same in these loaders, some of which may be null. */
    URL find(String model, String file, List<ClassLoader> loaders) {
        return loaders.stream().filter(Objects::nonNull).map(loader -> loader.getResource(file))
                .filter(Objects::nonNull)
                .findFirst().orElseThrow(() -> new MissingModelException(model, file, coordinates));
    }

    /** A file for {@code Model.load}, read as it is loaded; it goes by its file name, which tells the format. */
    public static ModelSource source(URL location) throws IOException {
        String name = fileName(location);
        URLConnection connection = open(location);
        // Closing its stream closes the jar, so each reading opens its own.
        try (InputStream in = connection.getInputStream()) {
            long length = connection.getContentLengthLong();
            return length < 0 ? ModelSource.of(name, in)
                    : new ModelSource.Stream(name, length, () -> open(location).getInputStream());
        }
    }

    /** Without the cache of open jars, which would keep the file open as long as the JVM runs. */
    static URLConnection open(URL location) throws IOException {
        URLConnection connection = location.openConnection();
        connection.setUseCaches(false);
        return connection;
    }

    static String fileName(URL location) {
        String path = location.getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
