package dev.lanewise.op.elementwise;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.BinaryFunction;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.op.Elements;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/** {@code y = f(x)} for each element, a function with one or two parameters. The ONNX operators of the functions' names. */
public record Activation(Function function, float alpha, float beta) implements Lowerable {
    /** Each with its ONNX name. */
    public enum Function {
        /** {@code x < 0 ? alpha x : x}. LeakyRelu-16. */
        LEAKY_RELU("LeakyRelu"),
        /** {@code x < 0 ? alpha (exp(x) - 1) : x}. Elu-22. */
        ELU("Elu"),
        /** {@code beta (x > 0 ? x : alpha (exp(x) - 1))}; beta is called gamma there. Selu-22. */
        SELU("Selu"),
        /** {@code max(0, x) + min(0, alpha (exp(x / alpha) - 1))}. Celu-12. */
        CELU("Celu"),
        /** {@code max(0, min(1, alpha x + beta))}. HardSigmoid-22. */
        HARD_SIGMOID("HardSigmoid"),
        /** {@code x > alpha ? x : 0}. ThresholdedRelu-22. */
        THRESHOLDED_RELU("ThresholdedRelu"),
        /** {@code x sigmoid(alpha x)}. Swish-24. */
        SWISH("Swish"),
        /** {@code x < -alpha ? x + beta : x > alpha ? x - beta : 0}; lambd and bias there. Of integers as well. Shrink-9. */
        SHRINK("Shrink");

        private final String onnxName;

        Function(String onnxName) {
            this.onnxName = onnxName;
        }

        public String onnxName() {
            return onnxName;
        }
    }

    /** The function with its parameters, which FLOAT is computed by in double and rounded. */
    private record Parametric(Function function, double alpha, double beta) implements RealFunction {
        @Override
        public UnaryFunction kernel() {
            return null;
        }

        @Override
        public double apply(double x) {
            return switch (function) {
                case LEAKY_RELU -> x < 0 ? alpha * x : x;
                case ELU -> x < 0 ? alpha * StrictMath.expm1(x) : x;
                case SELU -> beta * (x > 0 ? x : alpha * StrictMath.expm1(x));
                case CELU -> Math.max(0, x) + Math.min(0, alpha * StrictMath.expm1(x / alpha));
                case HARD_SIGMOID -> Math.max(0, Math.min(1, alpha * x + beta));
                case THRESHOLDED_RELU -> x > alpha ? x : 0;
                case SWISH -> x * RealMath.sigmoid(alpha * x);
                case SHRINK -> x < -alpha ? x + beta : x > alpha ? x - beta : 0;
            };
        }
    }

    private RealFunction real() {
        return new Parametric(function, alpha, beta);
    }

    @Override
    public String name() {
        return function.onnxName;
    }

    @Override
    public List<Fact> infer(Inference in) {
        DataType[] types = function == Function.SHRINK ? Elements.numbers() : Elements.floats();
        return List.of(new Fact(in.type(0, types), in.shape(0), null, null));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return new Tensor[] {inputs[0].type().isInteger() ? integers(inputs[0]) : real().map(inputs[0])};
    }

    /** Results are cut toward zero. */
    private Tensor integers(Tensor x) {
        Tensor y = Tensor.zeros(x.type(), x.shape());
        for (int i = 0; i < x.size(); i++) {
            Elements.setInteger(y.type(), y.array(), i,
                    Cast.toInteger(real().apply(Elements.real(x.type(), x.array(), i)), y.type()));
        }
        return y;
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        boolean largerOfTwo = function == Function.LEAKY_RELU && alpha > 0 && alpha <= 1;
        return largerOfTwo && at.in(0).type() == DataType.FLOAT ? leaky(at) : real().lower(at);
    }

    /** {@code max(x, alpha x)}: a product of floats is the same rounded once, from double or not. */
    private Supplier<Step> leaky(Lowering at) {
        int x = at.input(0);
        int y = at.output(0);
        int rank = at.out(0).rank();
        Kernels kernels = at.kernels();
        float[] slope = {alpha};
        return () -> new BroadcastStep(y, rank, x) {
            @Override
            protected void run(Frame f, int to, int from, int b, int c, int n) {
                float[] in = f.floats(x);
                float[] out = f.floats(y);
                kernels.binary(BinaryFunction.MUL, in, from, step(0), slope, 0, 0, out, to, n);
                kernels.binary(BinaryFunction.MAX, in, from, step(0), out, to, 1, out, to, n);
            }
        };
    }
}
