package dev.lanewise.bench.similarity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GlossesTest {
    @Test
    void definitionsWithoutExamplesEachOnce(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("data.noun"), """
                  1 This software and database is being provided | to you, the LICENSEE
                00001740 03 n 01 entity 0 003 | that which is perceived to have its own existence; "an example; of it"
                00001930 03 n 01 thing 0 000 | short; "left out"
                """);
        Files.writeString(folder.resolve("data.verb"),
                "00001740 29 v 01 breathe 0 000 | draw air into, and expel out of, the lungs; \"I breathe\"; \"inhale\"\n");
        Files.writeString(folder.resolve("data.adj"),
                "00001740 00 a 01 able 0 000 | that which is perceived to have its own existence\n");
        Files.writeString(folder.resolve("data.adv"), "");
        assertEquals(List.of("draw air into, and expel out of, the lungs",
                "that which is perceived to have its own existence"),
                Glosses.read(folder).stream().sorted().toList());
        assertEquals(Glosses.read(folder), Glosses.read(folder));
    }
}
