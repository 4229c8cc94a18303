package dev.lanewise.op.ml;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import java.util.List;

/** ONNX ML Binarizer-1: 1 where a number is above the threshold, else 0, of the same type. */
public record Binarizer(float threshold) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        return List.of(new Fact(in.type(0, DataType.FLOAT, DataType.DOUBLE, DataType.INT64, DataType.INT32),
                in.shape(0), null, null));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor y = Tensor.zeros(inputs[0].type(), inputs[0].shape());
        for (int i = 0; i < y.size(); i++) {
            boolean above = Elements.doubleAt(inputs[0], i) > threshold;
            if (y.type().isFloatingPoint()) {
                Elements.set(y, i, above ? 1.0 : 0.0);
            } else {
                Elements.set(y, i, above ? 1L : 0L);
            }
        }
        return new Tensor[] {y};
    }
}
