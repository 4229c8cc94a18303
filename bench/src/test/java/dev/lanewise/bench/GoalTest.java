package dev.lanewise.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class GoalTest {
    @Test
    void theWorstCaseDecides() {
        assertArrayEquals(new String[] {"ratio", "≤ 0.80", "0.90", "b", "**missed**"},
                Goal.of("ratio", Mark.atMost(0.8), "%.2f", Map.of("a", 0.5, "b", 0.9, "c", Double.NaN)).row());
        assertArrayEquals(new String[] {"share", "≥ 90 %", "91 %", "b", "met"},
                Goal.of("share", Mark.atLeast(90), "%.0f %%", Map.of("a", 99.0, "b", 91.0)).row());
    }

    @Test
    void whatWasNotMeasuredIsNeitherMetNorMissed() {
        assertArrayEquals(new String[] {"ratio", "≤ 0.80", "", "", "not measured"},
                Goal.of("ratio", Mark.atMost(0.8), "%.2f", Map.of("a", Double.NaN)).row());
    }
}
