package dev.lanewise.op.reduce;
import dev.lanewise.*;
import dev.lanewise.graph.*;
import java.util.*;
public record Reduce(Function function, boolean keepDims, boolean noopWithEmptyAxes) implements Operator {
    public enum Function { MEAN }
    public List<Fact> infer(Inference in) {
        Dim[] s = in.shape(0).clone();
        s[s.length - 1] = Dim.ONE;
        return List.of(Fact.of(in.input(0).type(), s));
    }
    public Tensor[] evaluate(Tensor[] x) {
        int n = x[0].dim(x[0].rank() - 1);
        int[] s = x[0].shape();
        s[s.length - 1] = 1;
        Tensor o = Tensor.zeros(DataType.FLOAT, s);
        for (int i = 0; i < o.size(); i++) o.floats()[i] = new dev.lanewise.kernel.scalar.ScalarKernels()
                .reduce(dev.lanewise.kernel.ReduceFunction.SUM, x[0].floats(), i * n, n) / n;
        return new Tensor[] {o};
    }
}
