package dev.lanewise.op.elementwise;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.op.Elements;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;

/** {@code y = f(x)} for each element, a function without parameters. The ONNX operators of the functions' names, opset 13. */
public record Unary(Function function) implements Lowerable {
    /** Each with its ONNX name. */
    public enum Function implements RealFunction {
        ABS("Abs", UnaryFunction.ABS, Math::abs, Math::abs),
        NEG("Neg", UnaryFunction.NEG, x -> -x, x -> -x),
        SIGN("Sign", null, Math::signum, x -> Long.signum(x)),
        RELU("Relu", UnaryFunction.RELU, x -> Math.max(x, 0), x -> Math.max(x, 0)),
        CEIL("Ceil", null, Math::ceil), FLOOR("Floor", null, Math::floor),
        /** To the nearest integer, halves to the even one. */
        ROUND("Round", null, Math::rint),
        RECIPROCAL("Reciprocal", UnaryFunction.RECIPROCAL, x -> 1 / x), SQRT("Sqrt", UnaryFunction.SQRT, Math::sqrt),
        EXP("Exp", UnaryFunction.EXP, StrictMath::exp), LOG("Log", null, StrictMath::log),
        ERF("Erf", UnaryFunction.ERF, RealMath::erf),
        SIN("Sin", null, StrictMath::sin), COS("Cos", null, StrictMath::cos), TAN("Tan", null, StrictMath::tan),
        SINH("Sinh", null, StrictMath::sinh), COSH("Cosh", null, StrictMath::cosh),
        TANH("Tanh", UnaryFunction.TANH, StrictMath::tanh),
        ASIN("Asin", null, StrictMath::asin), ACOS("Acos", null, StrictMath::acos),
        ATAN("Atan", null, StrictMath::atan),
        ASINH("Asinh", null, RealMath::asinh), ACOSH("Acosh", null, RealMath::acosh),
        ATANH("Atanh", null, RealMath::atanh),
        SIGMOID("Sigmoid", UnaryFunction.SIGMOID, RealMath::sigmoid),
        /** {@code x sigmoid(x)}: ONNX Swish with its alpha of 1. */
        SILU("Swish", UnaryFunction.SILU, x -> x * RealMath.sigmoid(x)),
        HARD_SWISH("HardSwish", null, x -> x * Math.max(0, Math.min(1, x / 6 + 0.5))),
        MISH("Mish", null, x -> x * StrictMath.tanh(RealMath.softplus(x))),
        SOFTPLUS("Softplus", null, RealMath::softplus), SOFTSIGN("Softsign", null, x -> x / (1 + Math.abs(x)));

        private final String onnxName;
        private final UnaryFunction kernel;
        private final DoubleUnaryOperator real;
        private final LongUnaryOperator integer;

        Function(String onnxName, UnaryFunction kernel, DoubleUnaryOperator real) {
            this(onnxName, kernel, real, null);
        }

        Function(String onnxName, UnaryFunction kernel, DoubleUnaryOperator real, LongUnaryOperator integer) {
            this.onnxName = onnxName;
            this.kernel = kernel;
            this.real = real;
            this.integer = integer;
        }

        public String onnxName() {
            return onnxName;
        }

        /** The kernel for FLOAT, or null where there is none. */
        @Override
        public UnaryFunction kernel() {
            return kernel;
        }

        @Override
        public double apply(double x) {
            return real.applyAsDouble(x);
        }
    }

    @Override
    public String name() {
        return function.onnxName;
    }

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, function.integer == null ? Elements.floats() : Elements.numbers());
        Fact out = new Fact(type, in.shape(0), null, null);
        Dim[] content = in.input(0).content();
        boolean negated = function == Function.NEG && content != null;
        return List.of(negated
                ? out.withContent(Arrays.stream(content).map(Dim.ZERO::minus).toArray(Dim[]::new)) : out);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        return new Tensor[] {x.type().isInteger() ? mapIntegers(x) : function.map(x)};
    }

    private Tensor mapIntegers(Tensor x) {
        Tensor y = Tensor.zeros(x.type(), x.shape());
        for (int i = 0; i < x.size(); i++) {
            long v = x.longAt(i);
            boolean plain = x.type() == DataType.UINT64 && v < 0;
            Elements.setInteger(x.type(), y.array(), i, plain && function != Function.NEG ? unsigned(v)
                    : function.integer.applyAsLong(v));
        }
        return y;
    }

    /** UINT64 values of 2^63 or more are positive. */
    private long unsigned(long bits) {
        return function == Function.SIGN ? 1 : bits;
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        return function.lower(at);
    }
}
