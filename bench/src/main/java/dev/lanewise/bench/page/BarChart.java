package dev.lanewise.bench.page;

import dev.lanewise.cli.chart.Chart;
import dev.lanewise.cli.chart.Look;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.AxisLocation;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.labels.ItemLabelAnchor;
import org.jfree.chart.labels.ItemLabelPosition;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StackedBarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.category.DefaultCategoryDataset;

/** Horizontal bars, one below the other: parts that add up, or groups side by side. */
public final class BarChart {
    private static final List<Color> COLOURS = List.of(Look.SKY, Look.LANEWISE, Look.TEAL, new Color(0xD5, 0xDA, 0xE1));
    private static final int ROW = 44;

    private final String axis;
    private final boolean stacked;
    private final DefaultCategoryDataset data = new DefaultCategoryDataset();
    private final List<Color> colours = new ArrayList<>(COLOURS);
    private final List<ValueMarker> markers = new ArrayList<>();

    /** @param axis what the lengths mean, with the unit */
    public BarChart(String axis, boolean stacked) {
        this.axis = axis;
        this.stacked = stacked;
    }

    public void add(String series, String bar, double value) {
        data.addValue(value, series, bar);
    }

    /** A line across all bars. */
    public void mark(double value, String label) {
        ValueMarker marker = new ValueMarker(value, Look.MARK, Look.DASHED);
        marker.setLabel(label);
        marker.setLabelFont(Look.SMALL);
        marker.setLabelPaint(Look.MARK);
        marker.setLabelBackgroundColor(new Color(0, true));
        marker.setLabelAnchor(RectangleAnchor.BOTTOM_RIGHT);
        marker.setLabelTextAnchor(TextAnchor.BOTTOM_LEFT);
        marker.setLabelOffset(new RectangleInsets(2, 5, 2, 5));
        markers.add(marker);
    }

    public Chart of(String title, String subtitle) {
        BarRenderer renderer = stacked ? new StackedBarRenderer() : new BarRenderer();
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        renderer.setItemMargin(0.08);
        renderer.setMaximumBarWidth(0.16);
        for (int i = 0; i < data.getRowCount(); i++) {
            renderer.setSeriesPaint(i, colours.get(i % colours.size()));
        }
        renderer.setDefaultItemLabelsVisible(true);
        renderer.setDefaultItemLabelGenerator(
                new StandardCategoryItemLabelGenerator("{2}", new java.text.DecimalFormat("0")));
        renderer.setDefaultItemLabelFont(Look.SMALL);
        renderer.setDefaultItemLabelPaint(Look.INK);
        if (stacked) {
            renderer.setSeriesItemLabelPaint(1, Color.WHITE);
            renderer.setSeriesItemLabelPaint(2, Color.WHITE);
        } else {
            renderer.setDefaultPositiveItemLabelPosition(
                    new ItemLabelPosition(ItemLabelAnchor.OUTSIDE3, TextAnchor.CENTER_LEFT));
        }
        NumberAxis range = Look.linear(axis);
        range.setUpperMargin(0.1);
        CategoryAxis names = new CategoryAxis();
        names.setCategoryMargin(0.25);
        names.setMaximumCategoryLabelWidthRatio(0.5f);
        CategoryPlot plot = new CategoryPlot(data, names, range, renderer);
        plot.setOrientation(PlotOrientation.HORIZONTAL);
        plot.setRangeAxisLocation(AxisLocation.BOTTOM_OR_RIGHT);
        Look.plot(plot);
        markers.forEach(plot::addRangeMarker);
        int rows = data.getColumnCount() * (stacked ? 1 : data.getRowCount());
        return new Chart(Look.finish(new JFreeChart(title, plot), subtitle), 880, 190 + ROW * rows);
    }
}
