package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import java.util.List;

/**
 * ONNX RoiAlign-22 (He and others, Mask R-CNN, 2017): pools regions of x {@code [n, c, h, w]} to
 * {@code [regions, c, height, width]}. Inputs: x, regions [regions, 4] as x1, y1, x2, y2, and for each the index of its image
 * (INT64 [regions]).
 *
 * @param samplingRatio samples along each axis of a bin; 0 for as many as the bin has elements
 * @param scale from region coordinates to elements of x
 * @param halfPixel regions are moved by half an element, and may be smaller than one
 * @param maximum takes the largest sample rather than the mean
 */
public record RoiAlign(int height, int width, int samplingRatio, float scale, boolean halfPixel, boolean maximum)
        implements
        Operator {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16);
        in.sameType(0, 1);
        in.type(2, DataType.INT64);
        if (!in.shapesKnown()) {
            return List.of(Fact.unknown(type));
        }
        if (in.shape(0).length != 4 || in.shape(1).length != 2 || in.shape(2).length != 1 || height < 1 || width < 1) {
            throw in.error("x [n, c, h, w], regions [r, 4] and indices [r]",
                    in.input(0) + ", " + in.input(1) + ", " + in.input(2), "correct the inputs");
        }
        in.assumeEqual(in.shape(1)[1], Dim.constant(4));
        Dim regions = in.assumeEqual(in.shape(1)[0], in.shape(2)[0]);
        return List.of(Fact.of(type, regions, in.shape(0)[1], Dim.constant(height), Dim.constant(width)));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        Tensor y = Tensor.zeros(x.type(), Layout.shapes(this, inputs)[0]);
        double shift = halfPixel ? 0.5 : 0;
        int channels = x.dim(1);
        int next = 0;
        for (int r = 0; r < y.dim(0); r++) {
            double left = Elements.doubleAt(inputs[1], r * 4) * scale - shift;
            double top = Elements.doubleAt(inputs[1], r * 4 + 1) * scale - shift;
            double wide = Elements.doubleAt(inputs[1], r * 4 + 2) * scale - shift - left;
            double high = Elements.doubleAt(inputs[1], r * 4 + 3) * scale - shift - top;
            if (!halfPixel) {
                wide = Math.max(wide, 1);
                high = Math.max(high, 1);
            }
            double binHeight = high / height;
            double binWidth = wide / width;
            int image = Gather.index(inputs[2].longAt(r), x.dim(0), name(), r);
            for (int c = 0; c < channels; c++) {
                int plane = (image * channels + c) * x.dim(2) * x.dim(3);
                for (int bin = 0; bin < height * width; bin++) {
                    double pooled = pool(x, plane, top + bin / width * binHeight, left + bin % width * binWidth,
                            binHeight, binWidth);
                    Elements.set(y, next++, pooled);
                }
            }
        }
        return new Tensor[] {y};
    }

    private double pool(Tensor x, int plane, double top, double left, double high, double wide) {
        int rows = samplingRatio > 0 ? samplingRatio : (int) Math.ceil(high);
        int columns = samplingRatio > 0 ? samplingRatio : (int) Math.ceil(wide);
        double sum = 0;
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                double[] parts = corners(x, plane, top + (i + 0.5) * high / rows, left + (j + 0.5) * wide / columns);
                for (double part : parts) {
                    sum += part;
                    largest = Math.max(largest, part);
                }
            }
        }
        return rows * columns <= 0 ? 0 : maximum ? largest : sum / (rows * columns);
    }

    /** The four neighbours of a position, each times its bilinear weight; zeros outside. */
    private static double[] corners(Tensor x, int plane, double atRow, double atColumn) {
        int h = x.dim(2);
        int w = x.dim(3);
        if (atRow < -1 || atRow > h || atColumn < -1 || atColumn > w) {
            return new double[4];
        }
        double row = Math.clamp(atRow, 0, h - 1);
        double column = Math.clamp(atColumn, 0, w - 1);
        int y0 = (int) row;
        int x0 = (int) column;
        int y1 = Math.min(y0 + 1, h - 1);
        int x1 = Math.min(x0 + 1, w - 1);
        double fy = row - y0;
        double fx = column - x0;
        return new double[] {
            (1 - fy) * (1 - fx) * Elements.doubleAt(x, plane + y0 * w + x0),
            (1 - fy) * fx * Elements.doubleAt(x, plane + y0 * w + x1),
            fy * (1 - fx) * Elements.doubleAt(x, plane + y1 * w + x0),
            fy * fx * Elements.doubleAt(x, plane + y1 * w + x1)};
    }
}
