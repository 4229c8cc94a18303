package dev.lanewise.cli.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Stroke;
import java.awt.geom.Ellipse2D;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.text.NumberFormat;
import java.util.Locale;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.AxisLocation;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;

/** Fonts, colours and lines that all charts have in common. Colours can be told apart without seeing red and green. */
public final class Look {
    public static final Color INK = new Color(0x22, 0x2B, 0x36);
    public static final Color SOFT = new Color(0x6B, 0x77, 0x85);
    public static final Color GRID = new Color(0xE3, 0xE7, 0xEC);
    public static final Color LANEWISE = new Color(0x00, 0x5F, 0xB8);
    public static final Color MARK = new Color(0xC2, 0x2F, 0x4E);
    public static final Color AMBER = new Color(0xE0, 0x8A, 0x00);
    public static final Color SAND = new Color(0xB9, 0x97, 0x5B);
    public static final Color VIOLET = new Color(0x8A, 0x63, 0xB3);
    public static final Color TEAL = new Color(0x2A, 0x9D, 0x8F);
    public static final Color SKY = new Color(0x7F, 0xB6, 0xE6);

    public static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    public static final Font NORMAL = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 18);

    public static final Stroke LINE = new BasicStroke(2.4f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    public static final Stroke DASHED = new BasicStroke(1.6f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1,
            new float[] {6, 4}, 0);

    private Look() {
    }

    /** Dots of this size with a white rim, on a line where the renderer draws lines. */
    public static void dots(XYLineAndShapeRenderer renderer, int series, Color colour, double size) {
        renderer.setSeriesPaint(series, colour);
        renderer.setSeriesStroke(series, LINE);
        renderer.setSeriesShape(series, new Ellipse2D.Double(-size / 2, -size / 2, size, size));
        renderer.setSeriesShapesFilled(series, true);
        renderer.setUseOutlinePaint(true);
        renderer.setSeriesOutlinePaint(series, Color.WHITE);
        renderer.setSeriesOutlineStroke(series, new BasicStroke(1.2f));
        renderer.setDrawOutlines(true);
    }

    public static NumberFormat numbers() {
        return new DecimalFormat("0.###", DecimalFormatSymbols.getInstance(Locale.ROOT));
    }

    public static JFreeChart finish(JFreeChart chart, String subtitle) {
        chart.setBackgroundPaint(Color.WHITE);
        chart.setPadding(new RectangleInsets(14, 14, 12, 22));
        chart.setAntiAlias(true);
        chart.setTextAntiAlias(true);
        TextTitle title = chart.getTitle();
        title.setFont(TITLE);
        title.setPaint(INK);
        title.setHorizontalAlignment(HorizontalAlignment.LEFT);
        title.setPadding(new RectangleInsets(0, 4, 2, 0));
        TextTitle below = new TextTitle(subtitle, NORMAL);
        below.setPaint(SOFT);
        below.setHorizontalAlignment(HorizontalAlignment.LEFT);
        below.setPadding(new RectangleInsets(0, 4, 10, 0));
        chart.addSubtitle(0, below);
        LegendTitle legend = chart.getLegend();
        if (legend != null) {
            legend.setItemFont(NORMAL);
            legend.setItemPaint(INK);
            legend.setFrame(BlockBorder.NONE);
            legend.setPosition(RectangleEdge.BOTTOM);
            legend.setItemLabelPadding(new RectangleInsets(4, 4, 4, 14));
        }
        return chart;
    }

    public static void plot(XYPlot plot) {
        plot.setBackgroundPaint(Color.WHITE);
        plot.setOutlineVisible(false);
        plot.setDomainGridlinePaint(GRID);
        plot.setRangeGridlinePaint(GRID);
        plot.setDomainGridlineStroke(new BasicStroke(1));
        plot.setRangeGridlineStroke(new BasicStroke(1));
        plot.setRangeAxisLocation(AxisLocation.BOTTOM_OR_LEFT);
        plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
    }

    public static void plot(CategoryPlot plot) {
        plot.setBackgroundPaint(Color.WHITE);
        plot.setOutlineVisible(false);
        plot.setRangeGridlinePaint(GRID);
        plot.setRangeGridlineStroke(new BasicStroke(1));
        plot.setDomainGridlinesVisible(false);
        plot.getDomainAxis().setTickLabelFont(NORMAL);
        plot.getDomainAxis().setTickLabelPaint(INK);
        plot.getDomainAxis().setAxisLineVisible(false);
        plot.getDomainAxis().setTickMarksVisible(false);
        axis(plot.getRangeAxis());
    }

    public static <A extends ValueAxis> A axis(A axis) {
        axis.setLabelFont(NORMAL);
        axis.setLabelPaint(INK);
        axis.setTickLabelFont(SMALL);
        axis.setTickLabelPaint(SOFT);
        axis.setAxisLinePaint(SOFT);
        axis.setTickMarkPaint(SOFT);
        return axis;
    }

    public static NumberAxis linear(String label) {
        NumberAxis axis = new NumberAxis(label);
        axis.setNumberFormatOverride(numbers());
        return axis(axis);
    }

    /** An axis whose marks are the powers of {@code base}, written as plain numbers. */
    public static LogAxis logarithmic(String label, double base, double from, double to) {
        LogAxis axis = new LogAxis(label);
        axis.setBase(base);
        axis.setTickUnit(new NumberTickUnit(1, numbers(), 1));
        axis.setNumberFormatOverride(numbers());
        axis.setMinorTickMarksVisible(false);
        axis.setRange(from, to);
        return axis(axis);
    }
}
