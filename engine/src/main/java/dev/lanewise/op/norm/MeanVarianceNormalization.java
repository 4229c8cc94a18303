package dev.lanewise.op.norm;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.HalfPrecision;
import dev.lanewise.op.shape.Transpose;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code (x - mean) / (deviation + 1e-9)} with the statistics over {@code axes}, which may be negative. Output as
 * input. ONNX MeanVarianceNormalization-13.
 */
public record MeanVarianceNormalization(List<Integer> axes) implements Operator {
    private static final float EPSILON = 1e-9f;

    public MeanVarianceNormalization {
        axes = List.copyOf(axes);
    }

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = ChannelInference.floatType(in, 0);
        if (!in.input(0).hasShape()) {
            return List.of(Fact.unknown(type));
        }
        int rank = in.shape(0).length;
        if (axes.stream().map(a -> in.axis(a, rank)).distinct().count() != axes.size()) {
            throw in.error("different axes", axes.toString(), "remove the repetition");
        }
        return List.of(Fact.of(type, in.shape(0)));
    }

    /** The axes are brought to the end, the rows normalised, the axes brought back. */
    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return HalfPrecision.inFloat(inputs, in -> {
            int rank = in[0].rank();
            List<Integer> reduced = axes.stream().map(a -> a < 0 ? a + rank : a).sorted().toList();
            List<Integer> order = new ArrayList<>();
            int width = 1;
            for (int d = 0; d < rank; d++) {
                if (!reduced.contains(d)) {
                    order.add(d);
                } else {
                    width *= in[0].dim(d);
                }
            }
            order.addAll(reduced);
            List<Integer> back = new ArrayList<>();
            for (int d = 0; d < rank; d++) {
                back.add(order.indexOf(d));
            }
            Tensor rows = new Transpose(order).evaluate(new Tensor[] {in[0]})[0];
            return new Transpose(back).evaluate(new Tensor[] {normalised(rows, width)});
        });
    }

    private static Tensor normalised(Tensor x, int width) {
        Tensor y = Tensor.zeros(x.type(), x.shape());
        float[] deviations = new float[width];
        for (int first = 0; first < x.size(); first += width) {
            if (x.type() == DataType.FLOAT) {
                float mean = Standardized.mean(x.floats(), first, width);
                float deviation = (float) Math.sqrt(Standardized.variance(x.floats(), first, width, mean, deviations));
                for (int i = 0; i < width; i++) {
                    y.floats()[first + i] = deviations[i] / (deviation + EPSILON);
                }
            } else {
                double mean = Standardized.mean(x.doubles(), first, width);
                double deviation = Math.sqrt(Standardized.variance(x.doubles(), first, width, mean));
                for (int i = first; i < first + width; i++) {
                    y.doubles()[i] = (x.doubles()[i] - mean) / (deviation + EPSILON);
                }
            }
        }
        return y;
    }
}
