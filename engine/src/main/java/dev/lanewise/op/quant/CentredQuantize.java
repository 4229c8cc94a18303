package dev.lanewise.op.quant;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@link DynamicQuantizeLinear} whose result stays in floats, without its zero point: FLOAT x of any shape to FLOAT y of the same
 * shape, integers in [-zero point, 255 - zero point], and FLOAT scales {@code [..., 1]}, the same for every row. What {@code y} holds is what an
 * integer product uses.
 */
public record CentredQuantize() implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, DataType.FLOAT);
        if (in.shape(0) == null) {
            return List.of(Fact.unknown(type), Fact.unknown(type));
        }
        Dim[] rows = in.shape(0).clone();
        if (rows.length == 0) {
            throw in.error("rows", "a scalar", "give x of rank 1 or more");
        }
        rows[rows.length - 1] = Dim.ONE;
        return List.of(Fact.of(type, in.shape(0)), Fact.of(type, rows));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        ScalarKernels kernels = new ScalarKernels();
        DynamicRange range = DynamicRange.of(kernels, x.floats(), 0, x.size());
        Tensor y = Tensor.zeros(DataType.FLOAT, x.shape());
        kernels.quantizeCentred(x.floats(), 0, range.scale(), range.zeroPoint(), y.floats(), 0, x.size());
        int[] rows = x.shape();
        rows[rows.length - 1] = 1;
        Tensor scales = Tensor.zeros(DataType.FLOAT, rows);
        Arrays.fill(scales.floats(), range.scale());
        return new Tensor[] {y, scales};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        int x = at.input(0);
        int y = at.output(0);
        int scale = at.output(1);
        return () -> new DynamicQuantizeStep(at.kernels(), x, y, scale, -1);
    }
}
