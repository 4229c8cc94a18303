package dev.lanewise.op.elementwise;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.BinaryFunction;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.op.Elements;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code y = f(a, b)} with multidirectional broadcasting. Operands have one type, which is the result's; only the exponent of
 * POW may differ. ONNX Add-14, Sub-14, Mul-14, Div-14, Pow-15, Mod-13, Min-13 and Max-13 of two operands, PRelu-16.
 */
public record Binary(Function function) implements Lowerable {
    private static final Kernels SCALAR = new ScalarKernels();

    /**
     * Each with its ONNX name. For FLOAT a function is computed in double and rounded, which for the four basic ones gives
     * the very bits of float arithmetic.
     */
    public enum Function {
        ADD("Add", BinaryFunction.ADD), SUB("Sub", BinaryFunction.SUB), MUL("Mul", BinaryFunction.MUL),
        /** Integers are cut toward zero. */
        DIV("Div", BinaryFunction.DIV), POW("Pow", null),
        /** Remainder with the divisor's sign. */
        MOD("Mod", null),
        /** Remainder with the dividend's sign, as in C. */
        FMOD("Mod", null), MIN("Min", BinaryFunction.MIN), MAX("Max", BinaryFunction.MAX),
        /** {@code a < 0 ? b a : a}. */
        PRELU("PRelu", null);

        private final String onnxName;
        private final BinaryFunction kernel;

        Function(String onnxName, BinaryFunction kernel) {
            this.onnxName = onnxName;
            this.kernel = kernel;
        }

        double apply(double a, double b) {
            return switch (this) {
                case ADD -> a + b;
                case SUB -> a - b;
                case MUL -> a * b;
                case DIV -> a / b;
                case POW -> RealMath.power(a, b);
                case MOD -> RealMath.floorMod(a, b);
                case FMOD -> a % b;
                case MIN -> Math.min(a, b);
                case MAX -> Math.max(a, b);
                case PRELU -> a < 0 ? a * b : a;
            };
        }

        /** On 64-bit values; {@code unsigned} only for UINT64, since narrower types are widened. */
        long apply(long a, long b, boolean unsigned) {
            return switch (this) {
                case ADD -> a + b;
                case SUB -> a - b;
                case MUL -> a * b;
                case DIV -> unsigned ? Long.divideUnsigned(a, divisor(b)) : a / divisor(b);
                case POW -> RealMath.power(a, b);
                case MOD -> unsigned ? Long.remainderUnsigned(a, divisor(b)) : Math.floorMod(a, divisor(b));
                case FMOD -> unsigned ? Long.remainderUnsigned(a, divisor(b)) : a % divisor(b);
                case MIN -> (unsigned ? Long.compareUnsigned(a, b) : Long.compare(a, b)) <= 0 ? a : b;
                case MAX -> (unsigned ? Long.compareUnsigned(a, b) : Long.compare(a, b)) >= 0 ? a : b;
                case PRELU -> a < 0 && !unsigned ? a * b : a;
            };
        }

        private static long divisor(long b) {
            if (b == 0) {
                throw new InvalidInputException(null, "a divisor other than 0", "an integer division by 0",
                        "check the divisor's values");
            }
            return b;
        }

        public String onnxName() {
            return onnxName;
        }

        /** The kernel for FLOAT, or null where there is none. */
        public BinaryFunction kernel() {
            return kernel;
        }
    }

    @Override
    public String name() {
        return function.onnxName;
    }

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, Elements.numbers());
        if (function == Function.POW) {
            in.type(1, Elements.numbers());
        } else {
            in.sameType(0, 1);
        }
        if (!in.shapesKnown()) {
            return List.of(Fact.unknown(type));
        }
        Fact out = Fact.of(type, in.broadcast(in.shape(0), in.shape(1)));
        return List.of(out.withContent(() -> Broadcast.content(in.input(0), in.input(1), this::combine)));
    }

    /** The function of two expressions, or null where it is none. */
    private Dim combine(Dim a, Dim b) {
        boolean constants = a.isConstant() && b.isConstant();
        boolean positiveDivisor = b.isConstant() && b.value() > 0 && (function == Function.MOD || a.isAtLeast(0));
        return switch (function) {
            case ADD -> a.plus(b);
            case SUB -> a.minus(b);
            case MUL -> a.times(b);
            case MIN -> a.min(b);
            case MAX -> a.max(b);
            case DIV -> positiveDivisor ? a.floorDiv(b)
                    : constants && !b.is(0) ? Dim.constant(a.value() / b.value())
                    : a.isAtLeast(0) && b.isAtLeast(1) ? a.floorDiv(b) : null;
            case MOD, FMOD -> positiveDivisor ? a.minus(a.floorDiv(b).times(b)) : null;
            case POW, PRELU -> null;
        };
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor a = inputs[0];
        Tensor b = inputs[1];
        int[] shape = Broadcast.shape(a.shape(), b.shape());
        Broadcast loops = Broadcast.of(shape, a.shape(), b.shape());
        if (a.type().isInteger()) {
            return new Tensor[] {integers(a, b, shape, loops)};
        }
        if (a.type() == DataType.DOUBLE) {
            return new Tensor[] {doubles(a.doubles(), Cast.convert(b, a.type()).doubles(), shape, loops)};
        }
        if (b.type() != a.type()) {
            // an exponent of another type: a float would round large integers, and make odd ones even
            double[] y = doubles(Cast.convert(a, DataType.DOUBLE).doubles(), Cast.convert(b, DataType.DOUBLE).doubles(),
                    shape, loops).doubles();
            return new Tensor[] {Cast.convert(Tensor.of(y, shape), a.type())};
        }
        float[] x = Elements.floats(a);
        float[] y = Elements.floats(b);
        float[] out = new float[Tensor.sizeOf(shape)];
        loops.all((to, i, j, c, n) -> floats(SCALAR, x, i, loops.step(0), y, j, loops.step(1), out, to, n));
        return new Tensor[] {Elements.ofFloats(a.type(), out, shape)};
    }

    private void floats(Kernels kernels, float[] a, int i, int aStep, float[] b, int j, int bStep, float[] y, int to,
            int n) {
        if (function.kernel != null) {
            kernels.binary(function.kernel, a, i, aStep, b, j, bStep, y, to, n);
            return;
        }
        for (int k = 0; k < n; k++) {
            y[to + k] = (float) function.apply(a[i + k * aStep], b[j + k * bStep]);
        }
    }

    private Tensor doubles(double[] a, double[] b, int[] shape, Broadcast loops) {
        double[] y = new double[Tensor.sizeOf(shape)];
        loops.all((to, i, j, c, n) -> {
            for (int k = 0; k < n; k++) {
                y[to + k] = function.apply(a[i + k * loops.step(0)], b[j + k * loops.step(1)]);
            }
        });
        return Tensor.of(y, shape);
    }

    private Tensor integers(Tensor a, Tensor b, int[] shape, Broadcast loops) {
        Tensor y = Tensor.zeros(a.type(), shape);
        loops.all((to, i, j, c, n) -> {
            if (b.type().isInteger()) {
                integers(a.type(), a.array(), i, loops.step(0), b.type(), b.array(), j, loops.step(1), y.array(), to,
                        n);
            } else {
                for (int k = 0; k < n; k++) {
                    double base = Elements.real(a.type(), a.array(), i + k * loops.step(0));
                    double exponent = Elements.real(b.type(), b.array(), j + k * loops.step(1));
                    Elements.setInteger(a.type(), y.array(), to + k,
                            Cast.toInteger(function.apply(base, exponent), a.type()));
                }
            }
        });
        return y;
    }

    private void integers(DataType type, Object a, int i, int aStep, DataType typeB, Object b, int j, int bStep,
            Object y, int to, int n) {
        boolean unsigned = type == DataType.UINT64;
        for (int k = 0; k < n; k++) {
            long v = function.apply(Elements.integer(type, a, i + k * aStep),
                    Elements.integer(typeB, b, j + k * bStep), unsigned);
            Elements.setInteger(type, y, to + k, v);
        }
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        DataType type = at.out(0).type();
        if (type != at.in(1).type() || type != DataType.FLOAT && !type.isInteger()) {
            return null;
        }
        int a = at.input(0);
        int b = at.input(1);
        int y = at.output(0);
        int rank = at.out(0).rank();
        Kernels kernels = at.kernels();
        return () -> new BroadcastStep(y, rank, a, b) {
            @Override
            protected void run(Frame f, int to, int i, int j, int c, int n) {
                if (type == DataType.FLOAT) {
                    floats(kernels, f.floats(a), i, step(0), f.floats(b), j, step(1), f.floats(y), to, n);
                } else {
                    integers(type, f.array(a), i, step(0), type, f.array(b), j, step(1), f.array(y), to, n);
                }
            }
        };
    }
}
