package dev.lanewise.cli.peer;

import java.nio.file.Path;

/** Where what is made or fetched on the way is kept: {@code $LANEWISE_CACHE}, or {@code lanewise} in {@code $XDG_CACHE_HOME}. */
public final class CacheFolder {
    private CacheFolder() {
    }

    /** The folder, which may not be there yet. */
    public static Path path() {
        String own = System.getenv("LANEWISE_CACHE");
        if (own != null && !own.isEmpty()) {
            return Path.of(own);
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        return (xdg != null && !xdg.isEmpty() ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("lanewise");
    }
}
