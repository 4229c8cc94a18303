package dev.lanewise.op.quant;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@link DynamicQuantizeLinear} whose result stays in floats, without its zero point: FLOAT x of any shape to FLOAT y of the same
 * shape, integers in [-zero point, 255 - zero point], and FLOAT scale []. What {@code y} holds is what an integer product uses.
 */
public record CentredQuantize() implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, DataType.FLOAT);
        return List.of(in.shape(0) == null ? Fact.unknown(type) : Fact.of(type, in.shape(0)), Fact.of(DataType.FLOAT));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        ScalarKernels kernels = new ScalarKernels();
        DynamicRange range = DynamicRange.of(kernels, x.floats(), 0, x.size());
        Tensor y = Tensor.zeros(DataType.FLOAT, x.shape());
        kernels.quantizeCentred(x.floats(), 0, range.scale(), range.zeroPoint(), y.floats(), 0, x.size());
        return new Tensor[] {y, Tensor.of(new float[] {range.scale()})};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        int x = at.input(0);
        int y = at.output(0);
        int scale = at.output(1);
        return () -> new DynamicQuantizeStep(at.kernels(), x, y, scale, -1);
    }
}
