package dev.lanewise.op.norm;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.Elements;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Dropout as inference sees it: the input itself, and a BOOL mask that is true everywhere. Inputs: x, optional
 * ratio (a scalar, 0.5 if absent), optional BOOL training_mode (false if absent). Dropping at random, which
 * training with a ratio above 0 asks for, is not supported. Srivastava et al. 2014; ONNX Dropout-22.
 */
public record Dropout() implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = ChannelInference.floatType(in, 0);
        if (in.has(1)) {
            ChannelInference.floatType(in, 1);
        }
        if (in.has(2)) {
            in.type(2, DataType.BOOL);
        }
        return in.input(0).hasShape()
                ? List.of(Fact.of(type, in.shape(0)), Fact.of(DataType.BOOL, in.shape(0)))
                : List.of(Fact.unknown(type), Fact.unknown(DataType.BOOL));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        boolean training = inputs.length > 2 && inputs[2] != null && inputs[2].longAt(0) != 0;
        double ratio = inputs.length > 1 && inputs[1] != null ? Elements.doubleAt(inputs[1], 0) : 0.5;
        if (training && ratio != 0) {
            throw new UnsupportedModelException(null, List.of("ai.onnx.Dropout in training with a ratio above 0"));
        }
        byte[] mask = new byte[inputs[0].size()];
        Arrays.fill(mask, (byte) 1);
        return new Tensor[] {inputs[0], Tensor.of(DataType.BOOL, mask, inputs[0].shape())};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        Tensor training = at.constant(2);
        boolean inference = !at.has(2) || training != null && training.size() == 1 && training.longAt(0) == 0;
        return inference && !at.isRead(1) ? at.view(0) : null;
    }
}
