package dev.lanewise.op.signal;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import dev.lanewise.op.shape.Layout;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * ONNX HannWindow-17, HammingWindow-17 and BlackmanWindow-17: a window of as many values as the input (INT32 or INT64, one
 * element) says.
 *
 * @param periodic the value after the last would be the first again; else the last is the first
 */
public record WindowFunction(Kind kind, DataType type, boolean periodic) implements Operator {
    /** Each a sum of cosines of whole periods: their factors. */
    public enum Kind {
        HANN(0.5, -0.5, 0), HAMMING(25.0 / 46, -21.0 / 46, 0), BLACKMAN(0.42, -0.5, 0.08);

        private final double constant;
        private final double once;
        private final double twice;

        Kind(double constant, double once, double twice) {
            this.constant = constant;
            this.once = once;
            this.twice = twice;
        }
    }

    @Override
    public String name() {
        return kind.name().charAt(0) + kind.name().substring(1).toLowerCase(Locale.ROOT) + "Window";
    }

    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, DataType.INT32, DataType.INT64);
        Dim[] size = Layout.content(in.input(0));
        if (size != null && (size.length != 1 || size[0].isConstant() && size[0].value() < 0)) {
            throw in.error("one size of 0 or more", Arrays.toString(size), "correct the size");
        }
        return List.of(size == null ? Fact.unknown(type) : Fact.of(type, size[0]));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int size = Layout.shapes(this, inputs)[0][0];
        Tensor y = Tensor.zeros(type, size);
        double period = periodic ? size : size - 1;
        for (int i = 0; i < size; i++) {
            double angle = period == 0 ? 0 : 2 * Math.PI * i / period;
            double value = kind.constant + kind.once * StrictMath.cos(angle) + kind.twice * StrictMath.cos(2 * angle);
            if (type.isFloatingPoint()) {
                Elements.set(y, i, value);
            } else {
                Elements.set(y, i, (long) value);
            }
        }
        return new Tensor[] {y};
    }
}
