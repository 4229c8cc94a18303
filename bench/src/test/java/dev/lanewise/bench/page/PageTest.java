package dev.lanewise.bench.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTest {
    @Test
    void tablesAreAlignedAndBarsEscaped(@TempDir Path folder) throws Exception {
        Page page = new Page(folder.resolve("page.md"));
        page.title("Title");
        page.table(1,
                List.of(new String[] {"case", "ms"}, new String[] {"a|b", "1.5"}, new String[] {"longer", "10.25"}));
        page.code("./lanewise report\n");
        page.save();
        assertEquals("""
                # Title

                | case   |    ms |
                | ------ | ----: |
                | a\\|b   |   1.5 |
                | longer | 10.25 |

                    ./lanewise report
                """, Files.readString(folder.resolve("page.md")));
    }

    @Test
    void aRowOfAnotherLengthIsAnError(@TempDir Path folder) throws Exception {
        Page page = new Page(folder.resolve("page.md"));
        assertThrows(IllegalArgumentException.class,
                () -> page.table(1, List.of(new String[] {"a", "b"}, new String[] {"c"})));
    }
}
