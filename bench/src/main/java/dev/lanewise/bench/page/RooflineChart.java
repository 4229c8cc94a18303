package dev.lanewise.bench.page;

import dev.lanewise.cli.chart.Chart;
import dev.lanewise.cli.chart.Look;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.annotations.XYTextAnnotation;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/**
 * Operations a second against operations a byte (Williams et al., <a href="https://doi.org/10.1145/1498765.1498785">Roofline</a>):
 * below the slope of the memory's bandwidth and the level of the multiply-adds.
 */
public final class RooflineChart {
    private static final double LEAST = 0.25;
    private static final double MOST = 128;
    private static final List<Color> COLOURS = List.of(Look.LANEWISE, Look.TEAL, Look.AMBER, Look.MARK);

    private final double peak;
    private final double bandwidth;
    private final XYSeriesCollection points = new XYSeriesCollection();
    private final Map<String, XYSeries> bySeries = new LinkedHashMap<>();
    /** Rows of the products by their intensity, for the labels. */
    private final TreeMap<Double, Integer> rows = new TreeMap<>();
    private final TreeMap<Double, Double> lowest = new TreeMap<>();

    /**
     * @param peak operations a second
     * @param bandwidth bytes a second
     */
    public RooflineChart(double peak, double bandwidth) {
        this.peak = peak;
        this.bandwidth = bandwidth;
    }

    /** A product of so many rows. */
    public void add(String series, int m, double intensity, double flops) {
        bySeries.computeIfAbsent(series, name -> {
            XYSeries s = new XYSeries(name);
            points.addSeries(s);
            return s;
        }).add(intensity, flops / 1e9);
        rows.put(intensity, m);
        lowest.merge(intensity, flops / 1e9, Math::min);
    }

    public Chart of(String title, String subtitle) {
        LogAxis x = Look.logarithmic("arithmetic intensity, FLOP per byte of weights, input and output (log scale)", 2,
                LEAST, MOST);
        double least = bandwidth / 1e9 * LEAST;
        LogAxis y = Look.logarithmic("GFLOP/s (log scale)", 2, least, peak / 1e9 * 1.35);
        XYPlot plot = new XYPlot(points, x, y, dots());
        Look.plot(plot);
        plot.setDataset(1, roof());
        plot.setRenderer(1, roofLine());
        label(plot, String.format(Locale.ROOT, "FMA peak %.0f GFLOP/s", peak / 1e9), MOST / 1.1, peak / 1e9 * 1.05,
                TextAnchor.BOTTOM_RIGHT, 0);
        double at = Math.sqrt(LEAST * peak / bandwidth);
        label(plot, String.format(Locale.ROOT, "reading %.1f GB/s", bandwidth / 1e9), at, bandwidth / 1e9 * at * 1.12,
                TextAnchor.BOTTOM_RIGHT, 0);
        rows.forEach((intensity, m) -> label(plot, m == rows.firstEntry().getValue() ? "M = " + m : Integer.toString(m),
                intensity, lowest.get(intensity) / 1.13, TextAnchor.TOP_CENTER, 0));
        return new Chart(Look.finish(new JFreeChart(title, plot), subtitle), 880, 600);
    }

    private static void label(XYPlot plot, String text, double x, double y, TextAnchor anchor, double angle) {
        XYTextAnnotation note = new XYTextAnnotation(text, x, y);
        note.setFont(Look.SMALL);
        note.setPaint(Look.SOFT);
        note.setTextAnchor(anchor);
        note.setRotationAngle(angle);
        plot.addAnnotation(note);
    }

    private XYSeriesCollection roof() {
        XYSeries roof = new XYSeries("roof");
        roof.add(LEAST, bandwidth / 1e9 * LEAST);
        roof.add(peak / bandwidth, peak / 1e9);
        roof.add(MOST, peak / 1e9);
        return new XYSeriesCollection(roof);
    }

    private static XYLineAndShapeRenderer roofLine() {
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
        renderer.setSeriesPaint(0, Look.SOFT);
        renderer.setSeriesStroke(0, Look.LINE);
        renderer.setSeriesVisibleInLegend(0, false);
        return renderer;
    }

    private XYLineAndShapeRenderer dots() {
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(false, true);
        for (int i = 0; i < points.getSeriesCount(); i++) {
            Shape shape = i < 2 ? new Ellipse2D.Double(-5, -5, 10, 10) : new Rectangle2D.Double(-7, -7, 14, 14);
            renderer.setSeriesShape(i, shape);
            renderer.setSeriesPaint(i, COLOURS.get(i % COLOURS.size()));
            // Weights from memory as hollow squares, since they often lie on those from the cache.
            renderer.setSeriesShapesFilled(i, i < 2);
            renderer.setSeriesOutlinePaint(i, i < 2 ? Color.WHITE : COLOURS.get(i % COLOURS.size()));
            renderer.setSeriesOutlineStroke(i, new BasicStroke(i < 2 ? 1.2f : 2.2f));
        }
        renderer.setUseOutlinePaint(true);
        renderer.setDrawOutlines(true);
        return renderer;
    }
}
