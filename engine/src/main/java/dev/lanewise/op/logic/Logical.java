package dev.lanewise.op.logic;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import dev.lanewise.op.elementwise.Broadcast;
import dev.lanewise.op.elementwise.BroadcastStep;
import java.util.List;
import java.util.function.Supplier;

/** A function of two BOOL operands with multidirectional broadcasting. ONNX And-7, Or-7, Xor-7. */
public record Logical(Function function) implements Lowerable {
    /** Each with its ONNX name. */
    public enum Function {
        AND("And"), OR("Or"), XOR("Xor");

        private final String onnxName;

        Function(String onnxName) {
            this.onnxName = onnxName;
        }

        public String onnxName() {
            return onnxName;
        }

        private int apply(int a, int b) {
            return switch (this) {
                case AND -> a & b;
                case OR -> a | b;
                case XOR -> a ^ b;
            };
        }
    }

    @Override
    public String name() {
        return function.onnxName;
    }

    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, DataType.BOOL);
        in.type(1, DataType.BOOL);
        if (!in.shapesKnown()) {
            return List.of(Fact.unknown(DataType.BOOL));
        }
        Fact out = Fact.of(DataType.BOOL, in.broadcast(in.shape(0), in.shape(1)));
        return List.of(out.withContent(Broadcast.content(in.input(0), in.input(1), this::decide)));
    }

    private Dim decide(Dim a, Dim b) {
        return a.isConstant() && b.isConstant() ? Dim.constant(function.apply((int) a.value(), (int) b.value())) : null;
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor a = inputs[0];
        Tensor b = inputs[1];
        int[] shape = Broadcast.shape(a.shape(), b.shape());
        Broadcast loops = Broadcast.of(shape, a.shape(), b.shape());
        byte[] y = new byte[Tensor.sizeOf(shape)];
        loops.all((to, i, j, c, n) -> combine(a.bytes(), i, loops.step(0), b.bytes(), j, loops.step(1), y, to, n));
        return new Tensor[] {Tensor.of(DataType.BOOL, y, shape)};
    }

    private void combine(byte[] a, int i, int aStep, byte[] b, int j, int bStep, byte[] y, int to, int n) {
        for (int k = 0; k < n; k++) {
            y[to + k] = (byte) function.apply(a[i + k * aStep], b[j + k * bStep]);
        }
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        int a = at.input(0);
        int b = at.input(1);
        int y = at.output(0);
        int rank = at.out(0).rank();
        return () -> new BroadcastStep(y, rank, a, b) {
            @Override
            protected void run(Frame f, int to, int i, int j, int c, int n) {
                combine(f.bytes(a), i, step(0), f.bytes(b), j, step(1), f.bytes(y), to, n);
            }
        };
    }
}
