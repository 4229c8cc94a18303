package dev.lanewise.bench.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.bench.engine.Engines;
import dev.lanewise.cli.chart.Chart;
import dev.lanewise.cli.chart.Look;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChartTest {
    @TempDir
    private Path folder;

    private BufferedImage saved(Chart chart) throws Exception {
        Path file = folder.resolve("chart.png");
        chart.save(file);
        BufferedImage image = ImageIO.read(file.toFile());
        assertEquals(2 * chart.width(), image.getWidth());
        assertEquals(2 * chart.height(), image.getHeight());
        return image;
    }

    private static long pixels(BufferedImage image, Color colour) {
        long count = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                count += image.getRGB(x, y) == colour.getRGB() ? 1 : 0;
            }
        }
        return count;
    }

    @Test
    void latencyHasALineForEachEngine() throws Exception {
        Map<String, SortedMap<Integer, Double>> latencies = new LinkedHashMap<>();
        latencies.put(Engines.LANEWISE, new TreeMap<>(Map.of(8, 2.0, 64, 12.0)));
        latencies.put(Engines.ONNX_RUNTIMES.getFirst(), new TreeMap<>(Map.of(8, 3.0, 64, 15.0)));
        BufferedImage image = saved(LatencyChart.of("title", "subtitle", latencies,
                new TreeMap<>(Map.of(8, 0.67, 64, 0.8)), new TreeMap<>(Map.of(8, 0.8, 64, 0.8))));
        assertTrue(pixels(image, Look.LANEWISE) > 500);
        assertTrue(pixels(image, Look.AMBER) > 500);
        assertTrue(pixels(image, Look.MARK) > 100);
    }

    @Test
    void rooflineHasTheRoofAndThePoints() throws Exception {
        RooflineChart chart = new RooflineChart(1e11, 2e10);
        chart.add("384x1536, hot", 16, 8, 9e10);
        BufferedImage image = saved(chart.of("title", "subtitle"));
        assertTrue(pixels(image, Look.SOFT) > 1000);
        assertTrue(pixels(image, Look.LANEWISE) > 100);
    }

    @Test
    void barsAreAsLongAsTheirValues() throws Exception {
        BarChart chart = new BarChart("MiB", false);
        chart.add("resident", "one", 100);
        chart.add("resident", "two", 50);
        BufferedImage image = saved(chart.of("title", "subtitle"));
        int[] lengths = IntStream.range(0, image.getHeight())
                .map(y -> (int) pixels(image.getSubimage(0, y, image.getWidth(), 1), Look.SKY)).filter(n -> n > 100)
                .distinct().sorted().toArray();
        assertEquals(2.0, (double) lengths[lengths.length - 1] / lengths[0], 0.02);
    }
}
