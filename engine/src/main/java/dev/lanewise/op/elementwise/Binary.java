package dev.lanewise.op.elementwise;
import dev.lanewise.*;
import dev.lanewise.graph.*;
import java.util.*;
public record Binary(Function function) implements Operator {
    public enum Function { ADD, SUB, MUL, DIV, POW }
    public String name() { return function.name(); }
    public List<Fact> infer(Inference in) {
        if (!in.shapesKnown()) return List.of(Fact.unknown(in.input(0).type()));
        return List.of(Fact.of(in.input(0).type(), in.broadcast(in.shape(0), in.shape(1))));
    }
    public Tensor[] evaluate(Tensor[] x) {
        Tensor a = x[0], b = x[1];
        int r = Math.max(a.rank(), b.rank());
        int[] s = new int[r];
        int[] sa = new int[r], sb = new int[r];
        int pa = 1, pb = 1;
        for (int d = r - 1; d >= 0; d--) {
            int ia = d - (r - a.rank()), ib = d - (r - b.rank());
            int da = ia < 0 ? 1 : a.dim(ia), db = ib < 0 ? 1 : b.dim(ib);
            s[d] = da == 1 ? db : da;
            sa[d] = da == 1 ? 0 : pa;
            sb[d] = db == 1 ? 0 : pb;
            pa *= da;
            pb *= db;
        }
        Tensor o = Tensor.zeros(a.type(), s);
        for (int i = 0; i < o.size(); i++) {
            int q = i, ia = 0, ib = 0;
            for (int d = r - 1; d >= 0; d--) { int k = q % s[d]; q /= s[d]; ia += k * sa[d]; ib += k * sb[d]; }
            if (a.type() == DataType.FLOAT) {
                float u = a.floats()[ia], v = b.floats()[ib];
                o.floats()[i] = switch (function) {
                    case ADD -> u + v;
                    case SUB -> u - v;
                    case MUL -> u * v;
                    case DIV -> u / v;
                    case POW -> (float) Math.pow(u, v);
                };
            } else {
                long u = a.longs()[ia], v = b.longs()[ib];
                o.longs()[i] = switch (function) {
                    case ADD -> u + v;
                    case SUB -> u - v;
                    case MUL -> u * v;
                    case DIV -> u / v;
                    case POW -> 0;
                };
            }
        }
        return new Tensor[] {o};
    }
}
