package dev.lanewise.op.elementwise;
import dev.lanewise.*;
import dev.lanewise.graph.*;
import java.util.*;
public record Cast(DataType to) implements Operator {
    public List<Fact> infer(Inference in) { return List.of(Fact.of(to, in.shape(0))); }
    public Tensor[] evaluate(Tensor[] x) {
        Tensor o = Tensor.zeros(DataType.FLOAT, x[0].shape());
        for (int i = 0; i < o.size(); i++) o.floats()[i] = x[0].longAt(i);
        return new Tensor[] {o};
    }
}
