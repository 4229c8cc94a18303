package dev.lanewise.op.logic;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.Elements;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import dev.lanewise.op.elementwise.Broadcast;
import dev.lanewise.op.elementwise.BroadcastStep;
import java.util.List;
import java.util.function.Supplier;

/**
 * A comparison of two operands of one type with multidirectional broadcasting; the result is BOOL. A comparison with NaN is
 * false. ONNX Equal-19, Greater-13, GreaterOrEqual-16, Less-13, LessOrEqual-16.
 */
public record Compare(Function function) implements Lowerable {
    /** Each with its ONNX name. */
    public enum Function {
        EQUAL("Equal"), GREATER("Greater"), GREATER_OR_EQUAL("GreaterOrEqual"), LESS("Less"),
        LESS_OR_EQUAL("LessOrEqual");

        private final String onnxName;

        Function(String onnxName) {
            this.onnxName = onnxName;
        }

        public String onnxName() {
            return onnxName;
        }

        private boolean test(double a, double b) {
            return switch (this) {
                case EQUAL -> a == b;
                case GREATER -> a > b;
                case GREATER_OR_EQUAL -> a >= b;
                case LESS -> a < b;
                case LESS_OR_EQUAL -> a <= b;
            };
        }

        /** For the sign of a three-way comparison. */
        private boolean test(int order) {
            return switch (this) {
                case EQUAL -> order == 0;
                case GREATER -> order > 0;
                case GREATER_OR_EQUAL -> order >= 0;
                case LESS -> order < 0;
                case LESS_OR_EQUAL -> order <= 0;
            };
        }
    }

    @Override
    public String name() {
        return function.onnxName;
    }

    @Override
    public List<Fact> infer(Inference in) {
        if (function != Function.EQUAL) {
            in.type(0, Elements.numbers());
        }
        in.sameType(0, 1);
        if (!in.shapesKnown()) {
            return List.of(Fact.unknown(DataType.BOOL));
        }
        Fact out = Fact.of(DataType.BOOL, in.broadcast(in.shape(0), in.shape(1)));
        return List.of(out.withContent(Broadcast.content(in.input(0), in.input(1), this::decide)));
    }

    /** 1 or 0 where the comparison holds or fails for all values of the symbols, else null. */
    private Dim decide(Dim a, Dim b) {
        Dim difference = a.minus(b);
        if (difference.isConstant()) {
            return function.test(Long.signum(difference.value())) ? Dim.ONE : Dim.ZERO;
        }
        int order = difference.isAtLeast(1) ? 1 : b.minus(a).isAtLeast(1) ? -1 : 0;
        return order == 0 ? null : function.test(order) ? Dim.ONE : Dim.ZERO;
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor a = inputs[0];
        Tensor b = inputs[1];
        int[] shape = Broadcast.shape(a.shape(), b.shape());
        Broadcast loops = Broadcast.of(shape, a.shape(), b.shape());
        byte[] out = new byte[Tensor.sizeOf(shape)];
        loops.all((to, i, j, c, n) -> compare(a.type(), a.array(), i, loops.step(0), b.array(), j, loops.step(1), out,
                to, n));
        return new Tensor[] {Tensor.of(DataType.BOOL, out, shape)};
    }

    private void compare(DataType type, Object a, int i, int aStep, Object b, int j, int bStep, byte[] out, int to,
            int n) {
        for (int k = 0; k < n; k++) {
            out[to + k] = (byte) (holds(type, a, i + k * aStep, b, j + k * bStep) ? 1 : 0);
        }
    }

    private boolean holds(DataType type, Object a, int i, Object b, int j) {
        if (type == DataType.STRING) {
            return ((String[]) a)[i].equals(((String[]) b)[j]);
        }
        if (type.isFloatingPoint()) {
            return function.test(Elements.real(type, a, i), Elements.real(type, b, j));
        }
        long x = Elements.integer(type, a, i);
        long y = Elements.integer(type, b, j);
        return function.test(type == DataType.UINT64 ? Long.compareUnsigned(x, y) : Long.compare(x, y));
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        DataType type = at.in(0).type();
        if (type == DataType.STRING) {
            return null;
        }
        int a = at.input(0);
        int b = at.input(1);
        int y = at.output(0);
        int rank = at.out(0).rank();
        return () -> new BroadcastStep(y, rank, a, b) {
            @Override
            protected void run(Frame f, int to, int i, int j, int c, int n) {
                compare(type, f.array(a), i, step(0), f.array(b), j, step(1), f.bytes(y), to, n);
            }
        };
    }
}
