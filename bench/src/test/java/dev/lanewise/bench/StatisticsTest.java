package dev.lanewise.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    @Test
    void medianOfOddEvenAndNone() {
        assertEquals(2, Statistics.median(3, 1, 2));
        assertEquals(2.5, Statistics.median(4, 1, 3, 2));
        assertEquals(Double.NaN, Statistics.median());
    }

    @Test
    void percentileIsTheSmallestValueThatTheShareDoesNotExceed() {
        double[] ten = {10, 9, 8, 7, 6, 5, 4, 3, 2, 1};
        assertEquals(9, Statistics.percentile(0.9, ten));
        assertEquals(1, Statistics.percentile(0, ten));
        assertEquals(10, Statistics.percentile(1, ten));
    }

    @Test
    void spreadIsRelativeToTheMedian() {
        assertEquals(0.2, Statistics.spread(9, 10, 11), 1e-12);
        assertEquals(Double.NaN, Statistics.spread(5));
    }
}
