package dev.lanewise.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
    @Test
    void timesInWords() {
        assertEquals("5 s", ProgressBar.text(5.2));
        assertEquals("1 min 05 s", ProgressBar.text(65));
        assertEquals("2 h 03 min", ProgressBar.text(2 * 3600 + 3 * 60 + 20));
    }

    @Test
    void awayFromATerminalEachPartGetsALineWithShareAndTimeLeft() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ProgressBar bar = new ProgressBar(new PrintStream(bytes, true, StandardCharsets.UTF_8), 100);
        bar.begin("first", 50);
        bar.end();
        bar.begin("second", 50);
        bar.end();
        bar.close();
        String[] lines = bytes.toString(StandardCharsets.UTF_8).split("\n");
        assertTrue(lines[0].contains("  0 %") && lines[0].contains("1 min 40 s left  first"), lines[0]);
        assertTrue(lines[1].contains(" 50 %") && lines[1].contains("left  second"), lines[1]);
    }
}
