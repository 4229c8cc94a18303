package dev.lanewise.cli.peer;

import dev.lanewise.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A jar that is wanted for one command only. It is looked for in the {@linkplain CacheFolder cache folder}, then in the local Maven repository, and
 * else fetched into the cache folder by Maven, with the user's settings.
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
        Path cached = CacheFolder.path().resolve("peers").resolve(file);
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

    /** Fetches into a folder of its own first: whoever finds the jar at its place finds all of it. */
    private static void fetch(String coordinates, Path jar) throws IOException, InterruptedException {
        Files.createDirectories(jar.getParent());
        Path folder = Files.createTempDirectory(jar.getParent(), "fetch");
        try {
            String said = maven(coordinates, folder, jar);
            Path fetched = folder.resolve(jar.getFileName());
            if (!Files.isRegularFile(fetched)) {
                throw new InvalidInputException(coordinates, "an artefact that Maven finds",
                        said.lines().filter(l -> l.startsWith("[ERROR]")).findFirst().orElse("none: " + said),
                        "check the version and the connection");
            }
            Files.move(fetched, jar, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(folder.resolve(jar.getFileName()));
            Files.deleteIfExists(folder);
        }
    }

    private static String maven(String coordinates, Path folder, Path jar) throws IOException, InterruptedException {
        String maven = System.getProperty("os.name").startsWith("Windows") ? "mvn.cmd" : "mvn";
        ProcessBuilder builder = new ProcessBuilder(maven, "-q", "-B", PLUGIN, "-Dartifact=" + coordinates,
                "-DoutputDirectory=" + folder.toAbsolutePath()).directory(folder.toFile()).redirectErrorStream(true);
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
        process.waitFor();
        return said;
    }
}
