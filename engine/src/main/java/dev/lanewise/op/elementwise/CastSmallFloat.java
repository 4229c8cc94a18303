package dev.lanewise.op.elementwise;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import dev.lanewise.op.SmallFloats;
import java.util.List;

/**
 * Cast to an 8-bit floating-point type with its own rules for what does not fit. ONNX Cast-24.
 *
 * @param saturate numbers too large become the largest finite one; without it infinity or NaN
 * @param rounding to FLOAT8E8M0 only
 */
public record CastSmallFloat(DataType to, boolean saturate, SmallFloats.Rounding rounding) implements Operator {
    @Override
    public String name() {
        return "Cast";
    }

    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, Elements.numbers());
        if (to.bits() != 8 || !to.isFloatingPoint()) {
            throw in.error("an 8-bit floating-point type to cast to", to.toString(), "use a plain cast");
        }
        return List.of(new Fact(to, in.shape(0), null, null));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        byte[] y = new byte[x.size()];
        for (int i = 0; i < y.length; i++) {
            float v = Elements.floatAt(x, i);
            y[i] = to == DataType.FLOAT8E8M0 ? SmallFloats.encodePower(v, saturate, rounding)
                    : SmallFloats.encode(to, v, saturate);
        }
        return new Tensor[] {Tensor.of(to, y, x.shape())};
    }
}
