package dev.lanewise.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link NpmPackage} does without a registry: reads archives, checks files, and fetches nothing that is there. */
class NpmPackageTest {
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void filesOfAnArchive() throws IOException {
        byte[] archive = archive("package/a.txt", "abc", "package/empty", "", "package/b", "x".repeat(1000));
        TarReader tar = new TarReader(new ByteArrayInputStream(archive));
        assertEquals("package/a.txt", tar.next());
        assertArrayEquals("abc".getBytes(StandardCharsets.US_ASCII), tar.content().readAllBytes());
        assertEquals("package/empty", tar.next());
        assertEquals(0, tar.content().readAllBytes().length);
        assertEquals("package/b", tar.next());
        assertEquals('x', tar.content().read());
        assertNull(tar.next());
    }

    @Test
    void archivesThatEndTooSoon() throws IOException {
        byte[] archive = archive("package/a.txt", "abc");
        TarReader cut = new TarReader(new ByteArrayInputStream(Arrays.copyOf(archive, 514)));
        cut.next();
        assertThrows(EOFException.class, () -> cut.content().readAllBytes());
        assertThrows(EOFException.class, () -> new TarReader(new ByteArrayInputStream(archive, 0, 200)).next());
        archive[124] = 'x';
        assertThrows(IOException.class, () -> new TarReader(new ByteArrayInputStream(archive)).next());
    }

    @Test
    void aFileThatIsThereIsCheckedAndNotFetched(@TempDir Path cache) throws Exception {
        NpmPackage wanted = new NpmPackage("@some/none", "1.2.3", Map.of("dist/a.txt", ABC));
        Path folder = Files.createDirectories(cache.resolve("some-none-1.2.3"));
        Files.writeString(folder.resolve("a.txt"), "abc");
        assertEquals(folder, wanted.fetch(cache));
        Files.writeString(folder.resolve("a.txt"), "abd");
        InvalidInputException e = assertThrows(InvalidInputException.class, () -> wanted.fetch(cache));
        assertEquals("SHA-256 " + ABC + ", as in @some/none@1.2.3", e.expected());
    }

    private static byte[] archive(String... namesAndContents) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndContents.length; i += 2) {
            byte[] content = namesAndContents[i + 1].getBytes(StandardCharsets.US_ASCII);
            byte[] header = new byte[512];
            put(header, 0, namesAndContents[i]);
            put(header, 124, String.format("%011o", content.length));
            out.write(header);
            out.write(Arrays.copyOf(content, (content.length + 511) / 512 * 512));
        }
        out.write(new byte[1024]);
        return out.toByteArray();
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
