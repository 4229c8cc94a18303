package dev.lanewise.cli.peer;

import dev.lanewise.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A jar that is wanted for one command only. It is looked for in the cache folder, then in the local Maven repository, and
 * else fetched into the cache folder by Maven, with the user's settings.
 *
 * <p>
 * The cache folder is {@code $LANEWISE_CACHE}, or {@code lanewise} in {@code $XDG_CACHE_HOME} ({@code ~/.cache}).
 */
final class MavenJar {
    private static final String PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";

    private MavenJar() {
    }

    static Path find(String group, String artifact, String version) throws IOException, InterruptedException {
        if (!version.matches("[A-Za-z0-9._-]+")) {
            throw new InvalidInputException("version", "a version such as 1.2.3", version, "correct it");
        }
        String file = artifact + "-" + version + ".jar";
        Path cached = cacheFolder().resolve("peers").resolve(file);
        Path local = Path.of(System.getProperty("user.home"), ".m2", "repository").resolve(group.replace('.', '/'))
                .resolve(artifact).resolve(version).resolve(file);
        for (Path jar : List.of(cached, local)) {
            if (Files.isRegularFile(jar)) {
                return jar;
            }
        }
        System.err.println("fetching " + file + " through Maven into " + cached.getParent() + " ...");
        fetch(group + ":" + artifact + ":" + version, cached);
        return cached;
    }

    private static Path cacheFolder() {
        String own = System.getenv("LANEWISE_CACHE");
        if (own != null && !own.isEmpty()) {
            return Path.of(own);
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        return (xdg != null && !xdg.isEmpty() ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("lanewise");
    }

    private static void fetch(String coordinates, Path jar) throws IOException, InterruptedException {
        Files.createDirectories(jar.getParent());
        String maven = System.getProperty("os.name").startsWith("Windows") ? "mvn.cmd" : "mvn";
        ProcessBuilder builder = new ProcessBuilder(maven, "-q", "-B", PLUGIN, "-Dartifact=" + coordinates,
                "-DoutputDirectory=" + jar.getParent().toAbsolutePath()).directory(jar.getParent().toFile())
                .redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new IOException("Maven (" + maven + ") cannot be started: " + e.getMessage() + "; install it, or put "
                    + jar.getFileName() + " into " + jar.getParent(), e);
        }
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0 || !Files.isRegularFile(jar)) {
            throw new InvalidInputException(coordinates, "an artefact that Maven finds", said.lines().limit(5)
                    .reduce((a, b) -> a + System.lineSeparator() + b).orElse("no such file afterwards"),
                    "check the version and the connection");
        }
    }
}
