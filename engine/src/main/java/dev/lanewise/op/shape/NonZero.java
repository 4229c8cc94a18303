package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import java.util.List;

/** ONNX NonZero-13: INT64 [rank, n], the positions of the n elements that are not 0, in row-major order. */
public record NonZero() implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        if (in.type(0) == DataType.STRING) {
            throw in.error("a number or BOOL tensor", "STRING", "compare the strings first");
        }
        return List.of(Fact.unknown(DataType.INT64));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        int[] shape = x.shape();
        int count = 0;
        for (int i = 0; i < x.size(); i++) {
            count += Elements.doubleAt(x, i) != 0 ? 1 : 0;
        }
        long[] positions = new long[shape.length * count];
        int[] index = new int[shape.length];
        int next = 0;
        for (int i = 0; i < x.size(); i++) {
            if (Elements.doubleAt(x, i) != 0) {
                for (int a = 0; a < shape.length; a++) {
                    positions[a * count + next] = index[a];
                }
                next++;
            }
            Layout.next(index, shape);
        }
        return new Tensor[] {Tensor.of(positions, shape.length, count)};
    }
}
