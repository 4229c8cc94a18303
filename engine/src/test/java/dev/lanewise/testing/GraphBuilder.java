package dev.lanewise.testing;

import dev.lanewise.DataType;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelMetadata;
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
import dev.lanewise.op.shape.Reshape;
import dev.lanewise.op.shape.Transpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Small graphs made in a line: inputs are declared on the builder, everything else is a function of values. */
public final class GraphBuilder {
    private final List<Value> inputs = new ArrayList<>();
    private final Random random = new Random(7);
    private int nodes;

    /** A declared input; dimensions are numbers or names. */
    public Value input(String name, DataType type, Object... dims) {
        Value v = Value.input(name, Fact.of(type, shape(dims)));
        inputs.add(v);
        return v;
    }

    public Value floats(String name, Object... dims) {
        return input(name, DataType.FLOAT, dims);
    }

    public static Dim[] shape(Object... dims) {
        return Arrays.stream(dims)
                .map(d -> d instanceof Number n ? Dim.constant(n.longValue()) : Dim.symbol((String) d))
                .toArray(Dim[]::new);
    }

    public Value op(Operator operator, Value... in) {
        return Node.of(operator.name() + nodes++, operator, in).output();
    }

    public Value binary(Binary.Function f, Value a, Value b) {
        return op(new Binary(f), a, b);
    }

    public Value add(Value a, Value b) {
        return binary(Binary.Function.ADD, a, b);
    }

    public Value sub(Value a, Value b) {
        return binary(Binary.Function.SUB, a, b);
    }

    public Value mul(Value a, Value b) {
        return binary(Binary.Function.MUL, a, b);
    }

    public Value div(Value a, Value b) {
        return binary(Binary.Function.DIV, a, b);
    }

    public Value unary(Unary.Function f, Value x) {
        return op(new Unary(f), x);
    }

    public Value matMul(Value a, Value b) {
        return op(new MatMul(), a, b);
    }

    public Value transpose(Value x, Integer... permutation) {
        return op(new Transpose(List.of(permutation)), x);
    }

    /** Reshape as exporters write it: 0 copies a dimension, -1 takes the rest. */
    public Value reshape(Value x, long... shape) {
        return op(new Reshape(false), x, constant(Tensor.of(shape, shape.length)));
    }

    public static Value constant(Tensor t) {
        return Value.constant("constant", t);
    }

    public static Value scalar(float v) {
        return constant(Tensor.scalar(v));
    }

    /** A FLOAT constant of small random numbers. */
    public Value weights(int... shape) {
        return constant(tensor(shape));
    }

    /** A FLOAT tensor of random numbers between -1 and 1. */
    public Tensor tensor(int... shape) {
        float[] data = new float[Tensor.sizeOf(shape)];
        for (int i = 0; i < data.length; i++) {
            data[i] = 2 * random.nextFloat() - 1;
        }
        return Tensor.of(data, shape);
    }

    /** The graph of these outputs, named {@code y0}, {@code y1} … */
    public Graph to(Value... outputs) {
        return Graph.of(inputs, List.of(outputs), names(outputs.length));
    }

    private static List<String> names(int count) {
        return java.util.stream.IntStream.range(0, count).mapToObj(i -> "y" + i).toList();
    }

    public Model model(Value... outputs) {
        return model(to(outputs), LoadOptions.defaults());
    }

    public static Model model(Graph graph, LoadOptions options) {
        List<ModelMetadata.Port> none = List.of();
        return Model.of("test", graph,
                new ModelMetadata("test", "", "", 1, 1, Map.of(), "", Map.of(), none, none, List.of()), options);
    }
}
