package dev.lanewise.op.text;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.shape.Layout;
import java.util.List;

/** ONNX StringConcat-20: strings of two tensors of shapes that broadcast, the second behind the first. */
public record StringConcat() implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, DataType.STRING);
        in.type(1, DataType.STRING);
        return List.of(!in.shapesKnown() ? Fact.unknown(DataType.STRING)
                : Fact.of(DataType.STRING, in.broadcast(in.shape(0), in.shape(1))));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int[] shape = Layout.shapes(this, inputs)[0];
        String[] both = new String[Tensor.sizeOf(shape)];
        int[] index = new int[shape.length];
        for (int i = 0; i < both.length; i++) {
            both[i] = at(inputs[0], index) + at(inputs[1], index);
            Layout.next(index, shape);
        }
        return new Tensor[] {Tensor.of(both, shape)};
    }

    private static String at(Tensor t, int[] index) {
        int at = 0;
        for (int a = 0; a < t.rank(); a++) {
            int i = index[index.length - t.rank() + a];
            at = at * t.dim(a) + (t.dim(a) == 1 ? 0 : i);
        }
        return t.strings()[at];
    }
}
