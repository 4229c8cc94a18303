package dev.lanewise.cli;

import dev.lanewise.cli.chart.Chart;
import dev.lanewise.cli.chart.Look;
import java.awt.Color;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.annotations.XYTextAnnotation;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.CombinedRangeXYPlot;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** Quality against compute and against latency, side by side; a series for each method of each model. */
final class CurveChart {
    private static final List<Color> COLOURS = List.of(Look.LANEWISE, Look.AMBER, Look.TEAL, Look.VIOLET, Look.MARK,
            Look.SAND, Look.SKY, Look.SOFT);
    private static final double LARGE = 10;
    private static final double SMALL = 7;

    private CurveChart() {
    }

    /** @param quality what the vertical axis shows */
    static Chart of(List<CurvePoint> points, String quality, String subtitle) {
        NumberAxis axis = Look.linear(quality);
        axis.setAutoRangeIncludesZero(false);
        axis.setAutoRangeMinimumSize(0.01);
        CombinedRangeXYPlot both = new CombinedRangeXYPlot(axis);
        both.setGap(24);
        both.setOutlineVisible(false);
        Map<String, List<CurvePoint>> series = new LinkedHashMap<>();
        points.forEach(p -> series.computeIfAbsent(title(p), t -> new ArrayList<>()).add(p));
        both.add(plot(series, "multiply-adds, share of the largest", CurvePoint::compute, true));
        both.add(plot(series, "latency of one sample, ms", p -> p.measured().latencyMillis(), false));
        JFreeChart chart = new JFreeChart("Quality of each size", both);
        return new Chart(Look.finish(chart, subtitle), 1080, 560);
    }

    private static String title(CurvePoint p) {
        return p.method().equals("plain") ? p.model() : p.model() + ", " + p.method();
    }

    private static XYPlot plot(Map<String, List<CurvePoint>> series, String label, ToDoubleFunction<CurvePoint> cost,
            boolean legend) {
        XYSeriesCollection data = new XYSeriesCollection();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
        NumberAxis axis = Look.linear(label);
        axis.setAutoRangeIncludesZero(false);
        XYPlot plot = new XYPlot(data, axis, null, renderer);
        Look.plot(plot);
        series.forEach((title, points) -> {
            int i = data.getSeriesCount();
            boolean mixed = points.getFirst().method().equals("mixnmatch");
            Look.dots(renderer, i, COLOURS.get(i % COLOURS.size()), mixed ? SMALL : LARGE);
            renderer.setSeriesLinesVisible(i, points.size() > 1 && !mixed);
            renderer.setSeriesVisibleInLegend(i, legend);
            XYSeries line = new XYSeries(title);
            for (CurvePoint p : points) {
                line.add(cost.applyAsDouble(p), p.measured().quality());
                if (!mixed && points.size() > 1) {
                    plot.addAnnotation(name(p.name(), cost.applyAsDouble(p), p.measured().quality()));
                }
            }
            data.addSeries(line);
        });
        return plot;
    }

    private static XYTextAnnotation name(String name, double x, double y) {
        XYTextAnnotation note = new XYTextAnnotation(name + "  ", x, y);
        note.setFont(Look.SMALL);
        note.setPaint(Look.INK);
        note.setTextAnchor(TextAnchor.BOTTOM_RIGHT);
        return note;
    }
}
