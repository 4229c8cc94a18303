package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Cast;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.quant.DequantizeLinear;
import dev.lanewise.op.quant.QuantizeLinear;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.op.shape.Reshape;
import dev.lanewise.op.shape.Shape;
import dev.lanewise.op.shape.Transpose;
import dev.lanewise.op.shape.Unsqueeze;
import java.util.List;

/** Nodes of the standard that an operator outside it is put together from. */
record Compose(OnnxNode node) {
    /** Input {@code i}, which must be there. */
    Value required(int i) {
        if (node.input(i) == null) {
            throw node.error("input " + i, "none", "give the input");
        }
        return node.input(i);
    }

    /** The elements of an input that must be a constant. */
    Tensor constant(int i, String what) {
        Tensor found = required(i).fact().constant();
        if (found == null) {
            throw node.unsupported("with " + what + " that are not constant");
        }
        return found;
    }

    Value make(Operator operator, Value... inputs) {
        return node.intermediate(operator, inputs);
    }

    Value binary(Binary.Function f, Value a, Value b) {
        return make(new Binary(f), a, b);
    }

    Value unary(Unary.Function f, Value x) {
        return make(new Unary(f), x);
    }

    Value add(Value a, Value b) {
        return binary(Binary.Function.ADD, a, b);
    }

    /** {@code a + b}, or {@code a} where {@code b} is missing. */
    Value plus(Value a, Value b) {
        return b == null ? a : add(a, b);
    }

    Value multiply(Value a, Value b) {
        return binary(Binary.Function.MUL, a, b);
    }

    /** {@code x * factor}, and {@code x} itself for 1. */
    Value scaled(Value x, float factor) {
        return factor == 1 ? x : multiply(x, number(factor, x.fact().type()));
    }

    Value cast(Value x, DataType to) {
        return x.fact().type() == to ? x : make(new Cast(to), x);
    }

    Value number(float value, DataType type) {
        return node.constant(Cast.convert(Tensor.scalar(value), type));
    }

    Value integers(long... values) {
        return node.constant(Tensor.of(values, values.length));
    }

    Value integer(long value) {
        return node.constant(Tensor.scalar(value));
    }

    /** Zeros in {@code shape} stand for the dimension of {@code x} at their place. */
    Value reshape(Value x, long... shape) {
        return make(new Reshape(false), x, integers(shape));
    }

    Value transpose(Value x, Integer... permutation) {
        return make(new Transpose(List.of(permutation)), x);
    }

    Value unsqueeze(Value x, long... axes) {
        return make(new Unsqueeze(), x, integers(axes));
    }

    /** A dimension as an INT64 scalar. */
    Value dimension(Value x, int axis) {
        return make(new Gather(0), make(new Shape(0, null), x), integer(axis));
    }

    /** Number of dimensions of a value whose shape must be known. */
    int rank(Value x) {
        if (!x.fact().hasShape()) {
            throw node.unsupported("with an input of unknown rank");
        }
        return x.fact().rank();
    }

    /** With one scale for all; the zero point may be missing. */
    Value dequantize(Value x, Value scale, Value zeroPoint) {
        return make(new DequantizeLinear(1, 0, DataType.FLOAT), x, scale, zeroPoint);
    }

    /** With one scale for all. */
    Value quantize(Value x, Value scale, Value zeroPoint, DataType ifNoZeroPoint) {
        DataType to = zeroPoint == null ? ifNoZeroPoint : zeroPoint.fact().type();
        return make(new QuantizeLinear(1, 0, true, to), x, scale, zeroPoint);
    }
}
