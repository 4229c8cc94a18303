package dev.lanewise.op.norm;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.HalfPrecision;
import java.util.List;

/**
 * {@code (x - mean) / sqrt(variance + epsilon) * scale + bias} with the statistics of each group of channels of
 * each instance. Inputs: x {@code [n, c, ...]}, scale and bias {@code [c]}; c is a multiple of {@code groups}. Wu
 * and He 2018; ONNX GroupNormalization-21.
 */
public record GroupNormalization(int groups, float epsilon) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        in.sameType(0, 1);
        in.sameType(0, 2);
        Fact out = ChannelInference.sameAsInput(in, 2);
        if (out.hasShape()) {
            Dim channels = out.shape()[1];
            if (groups < 1 || channels.isConstant() && channels.value() % groups != 0) {
                throw in.error("groups that divide " + channels + " channels", groups + " groups",
                        "correct num_groups");
            }
        }
        return List.of(out);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return HalfPrecision.inFloat(inputs, in -> {
            Tensor x = in[0];
            int width = x.size() == 0 ? 0 : x.size() / (x.dim(0) * groups);
            return new Tensor[] {Standardized.perChannel(Standardized.rows(x, width, epsilon), in[1], in[2])};
        });
    }
}
