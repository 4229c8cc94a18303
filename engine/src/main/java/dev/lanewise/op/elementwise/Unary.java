package dev.lanewise.op.elementwise;
import dev.lanewise.*;
import dev.lanewise.graph.*;
import dev.lanewise.kernel.UnaryFunction;
import java.util.*;
public record Unary(Function function) implements Operator {
    public enum Function {
        SQRT, ERF, TANH, RELU;
        public UnaryFunction kernel() { return UnaryFunction.valueOf(name()); }
    }
    public String name() { return function.name(); }
    public List<Fact> infer(Inference in) {
        return List.of(
                in.input(0).hasShape() ? Fact.of(in.input(0).type(), in.shape(0)) : Fact.unknown(in.input(0).type()));
    }
    public Tensor[] evaluate(Tensor[] x) {
        Tensor o = Tensor.zeros(DataType.FLOAT, x[0].shape());
        new dev.lanewise.kernel.scalar.ScalarKernels().unary(function.kernel(), x[0].floats(), 0, o.floats(), 0,
                o.size());
        return new Tensor[] {o};
    }
}
