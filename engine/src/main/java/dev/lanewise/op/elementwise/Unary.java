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
import java.util.function.Supplier;

/** {@code y = f(x)} for each element, a function without parameters. The ONNX operators of the functions' names, opset 13. */
public record Unary(Function function) implements Lowerable {
    /** Each with its ONNX name. */
    public enum Function implements RealFunction {
        ABS("Abs", UnaryFunction.ABS), NEG("Neg", UnaryFunction.NEG), SIGN("Sign", null),
        RELU("Relu", UnaryFunction.RELU), CEIL("Ceil", null), FLOOR("Floor", null),
        /** To the nearest integer, halves to the even one. */
        ROUND("Round", null),
        RECIPROCAL("Reciprocal", UnaryFunction.RECIPROCAL), SQRT("Sqrt", UnaryFunction.SQRT),
        EXP("Exp", UnaryFunction.EXP), LOG("Log", null), ERF("Erf", UnaryFunction.ERF),
        SIN("Sin", null), COS("Cos", null), TAN("Tan", null), SINH("Sinh", null), COSH("Cosh", null),
        TANH("Tanh", UnaryFunction.TANH), ASIN("Asin", null), ACOS("Acos", null), ATAN("Atan", null),
        ASINH("Asinh", null), ACOSH("Acosh", null), ATANH("Atanh", null),
        SIGMOID("Sigmoid", UnaryFunction.SIGMOID),
        /** {@code x sigmoid(x)}: ONNX Swish with its alpha of 1. */
        SILU("Swish", UnaryFunction.SILU),
        HARD_SWISH("HardSwish", UnaryFunction.HARD_SWISH), MISH("Mish", null), SOFTPLUS("Softplus", null),
        SOFTSIGN("Softsign", null);

        private final String onnxName;
        private final UnaryFunction kernel;

        Function(String onnxName, UnaryFunction kernel) {
            this.onnxName = onnxName;
            this.kernel = kernel;
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
            return switch (this) {
                case ABS -> Math.abs(x);
                case NEG -> -x;
                case SIGN -> Math.signum(x) + 0.0; // of -0.0 it is 0
                case RELU -> Math.max(x, 0);
                case CEIL -> Math.ceil(x);
                case FLOOR -> Math.floor(x);
                case ROUND -> Math.rint(x);
                case RECIPROCAL -> 1 / x;
                case SQRT -> Math.sqrt(x);
                case EXP -> StrictMath.exp(x);
                case LOG -> StrictMath.log(x);
                case ERF -> RealMath.erf(x);
                case SIN -> StrictMath.sin(x);
                case COS -> StrictMath.cos(x);
                case TAN -> StrictMath.tan(x);
                case SINH -> StrictMath.sinh(x);
                case COSH -> StrictMath.cosh(x);
                case TANH -> StrictMath.tanh(x);
                case ASIN -> StrictMath.asin(x);
                case ACOS -> StrictMath.acos(x);
                case ATAN -> StrictMath.atan(x);
                case ASINH -> RealMath.asinh(x);
                case ACOSH -> RealMath.acosh(x);
                case ATANH -> RealMath.atanh(x);
                case SIGMOID -> RealMath.sigmoid(x);
                case SILU -> x * RealMath.sigmoid(x);
                case HARD_SWISH -> x * Math.max(0, Math.min(1, x / 6 + 0.5));
                case MISH -> x * StrictMath.tanh(RealMath.softplus(x));
                case SOFTPLUS -> RealMath.softplus(x);
                case SOFTSIGN -> x / (1 + Math.abs(x));
            };
        }

        boolean takesIntegers() {
            return this == ABS || this == NEG || this == SIGN || this == RELU;
        }

        long apply(long x) {
            return switch (this) {
                case ABS -> Math.abs(x);
                case NEG -> -x;
                case SIGN -> Long.signum(x);
                case RELU -> Math.max(x, 0);
                default -> throw new IllegalStateException(onnxName + " of an integer");
            };
        }
    }

    @Override
    public String name() {
        return function.onnxName;
    }

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, function.takesIntegers() ? Elements.numbers() : Elements.floats());
        Fact out = new Fact(type, in.shape(0), null, null);
        Dim[] content = in.input(0).content();
        boolean negated = function == Function.NEG && content != null;
        return List.of(negated
                ? out.withContent(() -> Arrays.stream(content).map(Dim.ZERO::minus).toArray(Dim[]::new)) : out);
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
                    : function.apply(v));
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
