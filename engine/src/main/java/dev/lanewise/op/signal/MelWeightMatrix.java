package dev.lanewise.op.signal;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import dev.lanewise.op.shape.Layout;
import java.util.Arrays;
import java.util.List;

/**
 * ONNX MelWeightMatrix-17: weights that turn a spectrum into mel bands, {@code [length / 2 + 1, bands]}. Inputs, one element each:
 * bands, length of the transform, sample rate (INT32 or INT64), lowest and highest frequency in hertz.
 */
public record MelWeightMatrix(DataType type) implements Operator {
    private static final double MEL = 2595;
    private static final double CORNER = 700;

    @Override
    public List<Fact> infer(Inference in) {
        for (int i = 0; i < 3; i++) {
            in.type(i, DataType.INT32, DataType.INT64);
        }
        in.type(3, Elements.floats());
        in.type(4, Elements.floats());
        Dim[] bands = Layout.content(in.input(0));
        Dim[] length = Layout.content(in.input(1));
        if (bands == null || length == null) {
            return List.of(Fact.unknown(type));
        }
        if (bands.length != 1 || length.length != 1 || bands[0].isConstant() && bands[0].value() < 0
                || length[0].isConstant() && length[0].value() < 0) {
            throw in.error("one number of bands and one length, 0 or more", Arrays.toString(bands) + " and "
                    + Arrays.toString(length), "correct them");
        }
        return List.of(Fact.of(type, length[0].floorDiv(Dim.constant(2)).plus(1), bands[0]));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int[] shape = Layout.shapes(this, inputs)[0];
        long[] edges = edges(inputs, shape[1] + 2);
        Tensor y = Tensor.zeros(type, shape);
        for (int band = 0; band < shape[1]; band++) {
            long low = edges[band];
            long middle = edges[band + 1];
            long high = edges[band + 2];
            for (long bin = Math.max(0, low); bin < shape[0] && bin <= Math.max(middle, high - 1); bin++) {
                double rising = middle == low ? 1 : (double) (bin - low) / (middle - low);
                double falling = (double) (high - bin) / (high - middle);
                double weight = bin < middle || bin == middle && high == middle ? rising
                        : bin == middle ? 1 : falling;
                Elements.set(y, (int) bin * shape[1] + band, weight);
            }
        }
        return new Tensor[] {y};
    }

    /** The bins where bands begin, peak and end: evenly spaced in mel. */
    private static long[] edges(Tensor[] inputs, int count) {
        double length = inputs[1].longAt(0);
        double rate = inputs[2].longAt(0);
        double lowest = MEL * StrictMath.log10(1 + Elements.doubleAt(inputs[3], 0) / CORNER);
        double highest = MEL * StrictMath.log10(1 + Elements.doubleAt(inputs[4], 0) / CORNER);
        long[] edges = new long[count];
        for (int i = 0; i < count; i++) {
            double mel = i * ((highest - lowest) / count) + lowest;
            double hertz = CORNER * (StrictMath.pow(10, mel / MEL) - 1);
            edges[i] = (long) Math.floor((length + 1) * hertz / rate);
        }
        return edges;
    }
}
