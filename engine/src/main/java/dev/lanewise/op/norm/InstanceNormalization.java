package dev.lanewise.op.norm;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.HalfPrecision;
import java.util.List;

/**
 * {@code (x - mean) / sqrt(variance + epsilon) * scale + bias} with the statistics of each channel of each
 * instance. Inputs: x {@code [n, c, ...]}, scale and bias {@code [c]}. Ulyanov et al. 2016; ONNX
 * InstanceNormalization-22.
 */
public record InstanceNormalization(float epsilon) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        in.sameType(0, 1);
        in.sameType(0, 2);
        return List.of(ChannelInference.sameAsInput(in, 2));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return HalfPrecision.inFloat(inputs, in -> {
            Tensor x = in[0];
            int width = x.size() == 0 ? 0 : x.size() / (x.dim(0) * x.dim(1));
            return new Tensor[] {Standardized.perChannel(Standardized.rows(x, width, epsilon), in[1], in[2])};
        });
    }
}
