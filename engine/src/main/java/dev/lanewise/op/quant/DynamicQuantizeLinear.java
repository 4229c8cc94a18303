package dev.lanewise.op.quant;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/**
 * ONNX DynamicQuantizeLinear-11: FLOAT x of any shape to UINT8 y of the same shape, FLOAT scale [] and UINT8 zero point [].
 * The scale is (max - min) / 255 over all elements and 0; where all elements are 0, or there are none, it is 1.
 */
public record DynamicQuantizeLinear() implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, DataType.FLOAT);
        Fact y = in.shape(0) == null ? Fact.unknown(DataType.UINT8) : Fact.of(DataType.UINT8, in.shape(0));
        return List.of(y, Fact.of(DataType.FLOAT), Fact.of(DataType.UINT8));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        ScalarKernels kernels = new ScalarKernels();
        DynamicRange range = DynamicRange.of(kernels, x.floats(), 0, x.size());
        Tensor y = Tensor.zeros(DataType.UINT8, x.shape());
        kernels.quantizeLinear8(x.floats(), 0, range.scale(), range.zeroPoint(), 0, 255, y.bytes(), 0, x.size());
        return new Tensor[] {y, Tensor.scalar(range.scale()),
            Tensor.of(DataType.UINT8, new byte[] {(byte) range.zeroPoint()})};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        Kernels kernels = at.kernels();
        int x = at.input(0);
        int y = at.output(0);
        int scale = at.output(1);
        int zeroPoint = at.output(2);
        return () -> new DynamicQuantizeStep(kernels, x, y, scale, zeroPoint);
    }
}
