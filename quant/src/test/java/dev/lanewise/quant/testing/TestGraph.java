package dev.lanewise.quant.testing;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.linear.MatMul;
import dev.lanewise.op.norm.LayerNormalization;
import dev.lanewise.op.reduce.Reduce;
import dev.lanewise.op.reduce.Softmax;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.op.shape.Reshape;
import dev.lanewise.op.shape.Shape;
import dev.lanewise.op.shape.Transpose;
import dev.lanewise.op.shape.Unsqueeze;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Graphs as exporters write transformers, in FLOAT or, for checks of gradients, with the same numbers in DOUBLE. */
public final class TestGraph {
    private final DataType type;
    private final Random random = new Random(5);
    private final List<Value> inputs = new ArrayList<>();
    private int made;

    public TestGraph(DataType type) {
        this.type = type;
    }

    public Value input(String name, DataType of, Dim... shape) {
        Value v = Value.input(name, Fact.of(of, shape));
        inputs.add(v);
        return v;
    }

    public Value op(Operator operator, Value... in) {
        return Node.of(operator.name() + made++, operator, in).output();
    }

    public Value op(String name, Operator operator, Value... in) {
        return Node.of(name, operator, in).output();
    }

    public Value binary(Binary.Function f, Value a, Value b) {
        return op(new Binary(f), a, b);
    }

    public Value add(Value a, Value b) {
        return binary(Binary.Function.ADD, a, b);
    }

    public Value mul(Value a, Value b) {
        return binary(Binary.Function.MUL, a, b);
    }

    public Value matMul(Value a, Value b) {
        return op(new MatMul(), a, b);
    }

    public Value unary(Unary.Function f, Value x) {
        return op(new Unary(f), x);
    }

    /** Numbers between -size and size, the same for both types. */
    public Value weights(String name, float size, int... shape) {
        float[] data = new float[Tensor.sizeOf(shape)];
        for (int i = 0; i < data.length; i++) {
            data[i] = size * (2 * random.nextFloat() - 1);
        }
        return Value.constant(name, as(type, Tensor.of(data, shape)));
    }

    public Value scalar(float v) {
        return Value.constant("scalar" + made++, as(type, Tensor.scalar(v)));
    }

    public static Value longs(long... values) {
        return Value.constant("longs", Tensor.of(values, values.length));
    }

    /** A FLOAT tensor in another type. */
    public static Tensor as(DataType type, Tensor floats) {
        if (type == DataType.FLOAT || floats.type() != DataType.FLOAT) {
            return floats;
        }
        double[] wide = new double[floats.size()];
        Arrays.setAll(wide, i -> floats.floats()[i]);
        return Tensor.of(wide, floats.shape());
    }

    /** Layer normalisation out of means and squares. */
    public Value normalised(Value x, int width) {
        Value mean = op(new Reduce(Reduce.Function.MEAN, true, false), x, longs(-1));
        Value centred = binary(Binary.Function.SUB, x, mean);
        Value square = binary(Binary.Function.POW, centred, scalar(2));
        Value variance = op(new Reduce(Reduce.Function.MEAN, true, false), square, longs(-1));
        Value deviation = unary(Unary.Function.SQRT, add(variance, scalar(1e-5f)));
        Value y = binary(Binary.Function.DIV, centred, deviation);
        return add(mul(y, weights("scale" + made, 1, width)), weights("shift" + made, 1, width));
    }

    /** GELU out of erf. */
    public Value gelu(Value x) {
        Value erf = unary(Unary.Function.ERF, binary(Binary.Function.DIV, x, scalar((float) Math.sqrt(2))));
        return mul(mul(x, add(erf, scalar(1))), scalar(0.5f));
    }

    /** Attention of {@code [batch, tokens, width]} with shapes that are computed as the graph runs. */
    public Value attention(Value x, int width, int heads) {
        Value q = heads(x, linear("q", x, width, width), width, heads, 1);
        Value k = heads(x, linear("k", x, width, width), width, heads, 3);
        Value v = heads(x, linear("v", x, width, width), width, heads, 1);
        Value scores = binary(Binary.Function.DIV, matMul(q, k), scalar((float) Math.sqrt((double) width / heads)));
        Value mixed = op(new Transpose(List.of(0, 2, 1, 3)), matMul(op(new Softmax(-1), scores), v));
        return linear("o", reshaped(x, mixed, width), width, width);
    }

    private Value heads(Value like, Value x, int width, int heads, int way) {
        Value split = reshaped(like, x, heads, width / heads);
        return op(new Transpose(way == 3 ? List.of(0, 2, 3, 1) : List.of(0, 2, 1, 3)), split);
    }

    /** To the first two dimensions of {@code like} and these. */
    private Value reshaped(Value like, Value x, long... rest) {
        Value shape = op(new Shape(0, null), like);
        List<Value> parts = new ArrayList<>();
        for (long d = 0; d < 2; d++) {
            Value size = op(new Gather(0), shape, Value.constant("axis", Tensor.scalar(d)));
            parts.add(op(new Unsqueeze(), size, longs(0)));
        }
        parts.add(longs(rest));
        return op(new Reshape(false), x, op(new Concat(0), parts.toArray(Value[]::new)));
    }

    public Value linear(String name, Value x, int from, int to) {
        return add(op(name + "/product" + made++, new MatMul(), x,
                weights(name + "/weight" + made, (float) Math.sqrt(3.0 / from), from, to)),
                weights(name + "/bias" + made, 0.3f, to));
    }

    /** A block to {@code hidden} neurons and back. */
    public Value feedForward(Value x, int width, int hidden) {
        return linear("down", gelu(linear("up", x, width, hidden)), hidden, width);
    }

    /** A block with a gate, without biases. */
    public Value gated(Value x, int width, int hidden) {
        float size = (float) Math.sqrt(3.0 / width);
        Value gate = unary(Unary.Function.SILU, matMul(x, weights("gate", size, width, hidden)));
        Value up = matMul(x, weights("gatedUp", size, width, hidden));
        return matMul(mul(gate, up), weights("gatedDown", (float) Math.sqrt(3.0 / hidden), hidden, width));
    }

    /** LayerNormalization of one node. */
    public Value layerNormalization(Value x, int width) {
        return op(new LayerNormalization(-1, 1e-5f), x, weights("gamma" + made, 1, width),
                weights("beta" + made, 1, width));
    }

    public Graph to(Value output) {
        return Graph.of(inputs, List.of(output), List.of("y"));
    }
}
