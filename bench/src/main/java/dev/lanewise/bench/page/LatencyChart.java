package dev.lanewise.bench.page;

import dev.lanewise.bench.engine.Engines;
import dev.lanewise.cli.chart.Chart;
import dev.lanewise.cli.chart.Look;
import java.awt.Color;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.annotations.XYTextAnnotation;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.CombinedDomainXYPlot;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** Latency of one text against its length for all engines, and below it the ratio to the fastest ONNX Runtime. */
public final class LatencyChart {
    private static final double DOT = 8;

    private LatencyChart() {
    }

    /**
     * @param latencies for each engine the milliseconds by number of tokens
     * @param ratios ours divided by that of the fastest ONNX Runtime, by number of tokens
     * @param marks what the ratio should not exceed, by number of tokens; may be empty
     */
    public static Chart of(String title, String subtitle, Map<String, SortedMap<Integer, Double>> latencies,
            SortedMap<Integer, Double> ratios, SortedMap<Integer, Double> marks) {
        XYSeriesCollection data = new XYSeriesCollection();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
        latencies.forEach((engine, points) -> {
            Look.dots(renderer, data.getSeriesCount(), colour(engine), DOT);
            data.addSeries(series(Engines.title(engine), points));
        });
        double low = latencies.values().stream().flatMap(p -> p.values().stream()).mapToDouble(d -> d).min().orElse(1);
        double high = latencies.values().stream().flatMap(p -> p.values().stream()).mapToDouble(d -> d).max().orElse(1);
        LogAxis time = Look.logarithmic("latency, ms (log scale)", 2, low / 1.3, high * 1.3);
        XYPlot top = new XYPlot(data, null, time, renderer);
        Look.plot(top);

        double first = latencies.values().stream().mapToInt(SortedMap::firstKey).min().orElse(1);
        double last = latencies.values().stream().mapToInt(SortedMap::lastKey).max().orElse(1);
        LogAxis length = Look.logarithmic("tokens in the text (log scale)", 2, first / 1.15, last * 1.15);
        CombinedDomainXYPlot both = new CombinedDomainXYPlot(length);
        both.setGap(18);
        both.setOutlineVisible(false);
        both.add(top, 5);
        both.add(ratioPlot(ratios, marks), 3);
        JFreeChart chart = new JFreeChart(title, both);
        return new Chart(Look.finish(chart, subtitle), 880, 680);
    }

    private static XYPlot ratioPlot(SortedMap<Integer, Double> ratios, SortedMap<Integer, Double> marks) {
        XYSeriesCollection data = new XYSeriesCollection();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
        Look.dots(renderer, 0, Look.LANEWISE, DOT);
        renderer.setSeriesVisibleInLegend(0, false);
        data.addSeries(series("ratio", ratios));
        if (!marks.isEmpty()) {
            data.addSeries(series("goal for the ratio", marks));
            renderer.setSeriesPaint(1, Look.MARK);
            renderer.setSeriesStroke(1, Look.DASHED);
            renderer.setSeriesShapesVisible(1, false);
        }
        double most = Math.max(1, Math.max(most(ratios), most(marks)));
        NumberAxis axis = Look.linear("ratio");
        axis.setRange(0, most * 1.35);
        axis.setTickUnit(new NumberTickUnit(most > 1.6 ? 0.5 : 0.25));
        XYPlot plot = new XYPlot(data, null, axis, renderer);
        Look.plot(plot);
        ratios.forEach((tokens, ratio) -> {
            XYTextAnnotation note = new XYTextAnnotation(String.format(Locale.ROOT, "%.2f", ratio), tokens,
                    Math.max(ratio, marks.getOrDefault(tokens, 0.0)) + 0.06 * most);
            note.setFont(Look.SMALL);
            note.setPaint(Look.INK);
            note.setTextAnchor(TextAnchor.BOTTOM_CENTER);
            plot.addAnnotation(note);
        });
        return plot;
    }

    /** Each engine has one colour in all charts. */
    private static Color colour(String engine) {
        int version = Engines.ONNX_RUNTIMES.indexOf(engine);
        return engine.equals(Engines.LANEWISE) ? Look.LANEWISE
                : version == 0 ? Look.AMBER : version == 1 ? Look.SAND : Look.VIOLET;
    }

    private static double most(SortedMap<Integer, Double> points) {
        return points.values().stream().mapToDouble(d -> d).max().orElse(0);
    }

    private static XYSeries series(String name, SortedMap<Integer, Double> points) {
        XYSeries series = new XYSeries(name);
        points.forEach(series::add);
        return series;
    }
}
