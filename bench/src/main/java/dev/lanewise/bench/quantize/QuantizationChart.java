package dev.lanewise.bench.quantize;

import dev.lanewise.cli.chart.Chart;
import dev.lanewise.cli.chart.Look;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.text.NumberFormat;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.annotations.XYTextAnnotation;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** What is lost against the bytes of a model: 1 - cosine, so that lower is better, on a logarithmic scale. */
final class QuantizationChart {
    private static final double DOT = 10;
    /** Megabytes within which names could lie over each other. */
    private static final double BESIDE = 6;
    /** Ratio of values a line of text apart. */
    private static final double LINE = 1.45;
    private final Map<String, double[]> points = new TreeMap<>();

    void add(String name, long bytes, double cosine) {
        points.put(name, new double[] {bytes / 1e6, Math.max(1 - cosine, 1e-8)});
    }

    Chart of(String title, String subtitle) {
        XYSeries series = new XYSeries("formats");
        NumberAxis x = Look.linear("megabytes of the file");
        x.setAutoRangeIncludesZero(false);
        double least = points.values().stream().mapToDouble(p -> p[1]).min().orElse(1e-8);
        double most = points.values().stream().mapToDouble(p -> p[1]).max().orElse(1);
        LogAxis y = Look.logarithmic("1 - mean cosine with fp32 (log scale)", 10, least / 2, most * 2);
        NumberFormat powers = new DecimalFormat("0.#########", DecimalFormatSymbols.getInstance(Locale.ROOT));
        y.setTickUnit(new NumberTickUnit(1, powers, 1));
        y.setNumberFormatOverride(powers);
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(false, true);
        XYPlot plot = new XYPlot(new XYSeriesCollection(series), x, y, renderer);
        Look.plot(plot);
        Look.dots(renderer, 0, Look.LANEWISE, DOT);
        double[] above = {Double.NEGATIVE_INFINITY, 0};
        points.entrySet().stream().sorted(Comparator.comparingDouble(e -> -e.getValue()[1])).forEach(e -> {
            double[] p = e.getValue();
            series.add(p[0], p[1]);
            // Names of points beside each other go below each other.
            boolean isClose = Math.abs(p[0] - above[0]) < BESIDE;
            double at = isClose ? Math.min(p[1], above[1] / LINE) : p[1];
            above[0] = p[0];
            above[1] = at;
            XYTextAnnotation note = new XYTextAnnotation("  " + e.getKey(), p[0], at);
            note.setFont(Look.SMALL);
            note.setPaint(Look.INK);
            note.setTextAnchor(TextAnchor.CENTER_LEFT);
            plot.addAnnotation(note);
        });
        x.setUpperMargin(0.25);
        JFreeChart chart = new JFreeChart(title, plot);
        chart.removeLegend();
        return new Chart(Look.finish(chart, subtitle), 880, 560);
    }
}
