package dev.lanewise.op;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import java.util.function.UnaryOperator;

/** Evaluation of 16-bit floats in FLOAT, for operators whose definition is written for FLOAT and DOUBLE. */
public final class HalfPrecision {
    private HalfPrecision() {
    }

    /** Runs {@code body} on inputs widened to FLOAT; its FLOAT outputs are rounded to the type of input 0. */
    public static Tensor[] inFloat(Tensor[] inputs, UnaryOperator<Tensor[]> body) {
        DataType type = inputs[0].type();
        if (!isHalf(type)) {
            return body.apply(inputs);
        }
        Tensor[] outputs = body.apply(widened(inputs));
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] = narrowed(outputs[i], type);
        }
        return outputs;
    }

    /** The inputs with 16-bit floats as FLOAT; others and missing ones as they are. */
    public static Tensor[] widened(Tensor[] inputs) {
        Tensor[] wide = new Tensor[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            wide[i] = inputs[i] == null ? null : widened(inputs[i]);
        }
        return wide;
    }

    public static Tensor widened(Tensor t) {
        if (!isHalf(t.type())) {
            return t;
        }
        float[] wide = new float[t.size()];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = Elements.floatAt(t, i);
        }
        return Tensor.of(wide, t.shape());
    }

    /** A FLOAT tensor rounded to a 16-bit float type; anything else as it is. */
    public static Tensor narrowed(Tensor t, DataType type) {
        if (t == null || t.type() != DataType.FLOAT || !isHalf(type)) {
            return t;
        }
        Tensor narrow = Tensor.zeros(type, t.shape());
        for (int i = 0; i < t.size(); i++) {
            Elements.set(narrow, i, t.floats()[i]);
        }
        return narrow;
    }

    /** {@code value} as near as FLOAT16 or BFLOAT16 has it, ties to even. */
    public static float rounded(float value, DataType type) {
        return type == DataType.FLOAT16 ? Float.float16ToFloat(Float.floatToFloat16(value))
                : Float.intBitsToFloat(Elements.bfloat16(value) << 16);
    }

    private static boolean isHalf(DataType type) {
        return type == DataType.FLOAT16 || type == DataType.BFLOAT16;
    }
}
