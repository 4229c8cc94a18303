package dev.lanewise.op.shape;

import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/** ONNX Identity-14: the input itself. */
public record Identity() implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        Fact x = in.any(0);
        return List.of(new Fact(x.type(), x.shape(), null, x.content(), x.element()));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return new Tensor[] {inputs[0]};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        return at.view(0);
    }
}
