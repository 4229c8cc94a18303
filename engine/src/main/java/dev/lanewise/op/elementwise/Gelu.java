package dev.lanewise.op.elementwise;

import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.op.Elements;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/** {@code x Φ(x)} for each element, Φ by erf or by its tanh approximation (Hendrycks and Gimpel 2016). ONNX Gelu-20. */
public record Gelu(boolean tanhApproximation) implements Lowerable {
    private static final double CUBIC = 0.044715;

    private record Exact() implements RealFunction {
        @Override
        public UnaryFunction kernel() {
            return UnaryFunction.GELU;
        }

        @Override
        public double apply(double x) {
            return 0.5 * x * (1 + RealMath.erf(x / Math.sqrt(2)));
        }
    }

    private record Approximate() implements RealFunction {
        @Override
        public UnaryFunction kernel() {
            return UnaryFunction.GELU_TANH;
        }

        @Override
        public double apply(double x) {
            return 0.5 * x * (1 + StrictMath.tanh(Math.sqrt(2 / Math.PI) * (x + CUBIC * x * x * x)));
        }
    }

    private RealFunction function() {
        return tanhApproximation ? new Approximate() : new Exact();
    }

    @Override
    public List<Fact> infer(Inference in) {
        return List.of(new Fact(in.type(0, Elements.floats()), in.shape(0), null, null));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return new Tensor[] {function().map(inputs[0])};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        return function().lower(at);
    }
}
