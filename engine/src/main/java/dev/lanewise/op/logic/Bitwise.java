package dev.lanewise.op.logic;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import dev.lanewise.op.elementwise.Broadcast;
import java.util.List;

/**
 * A function of the bits of two integer operands of one type with multidirectional broadcasting; shifts are for types without
 * sign. ONNX BitwiseAnd-18, BitwiseOr-18, BitwiseXor-18, BitShift-11.
 */
public record Bitwise(Function function) implements Operator {
    /** Each with its ONNX name. */
    public enum Function {
        AND("BitwiseAnd"), OR("BitwiseOr"), XOR("BitwiseXor"), SHIFT_LEFT("BitShift"), SHIFT_RIGHT("BitShift");

        private final String onnxName;

        Function(String onnxName) {
            this.onnxName = onnxName;
        }

        public String onnxName() {
            return onnxName;
        }

        /** A shift by all bits or more leaves none. */
        private long apply(long a, long b) {
            boolean gone = Long.compareUnsigned(b, Long.SIZE) >= 0;
            return switch (this) {
                case AND -> a & b;
                case OR -> a | b;
                case XOR -> a ^ b;
                case SHIFT_LEFT -> gone ? 0 : a << b;
                case SHIFT_RIGHT -> gone ? 0 : a >>> b;
            };
        }
    }

    @Override
    public String name() {
        return function.onnxName;
    }

    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, Elements.integers());
        DataType type = in.sameType(0, 1);
        boolean shift = function == Function.SHIFT_LEFT || function == Function.SHIFT_RIGHT;
        if (shift && !type.isUnsigned()) {
            throw in.error("integers without sign", type.toString(), "cast them");
        }
        return List.of(in.shapesKnown() ? Fact.of(type, in.broadcast(in.shape(0), in.shape(1))) : Fact.unknown(type));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor a = inputs[0];
        Tensor b = inputs[1];
        int[] shape = Broadcast.shape(a.shape(), b.shape());
        Broadcast loops = Broadcast.of(shape, a.shape(), b.shape());
        Tensor y = Tensor.zeros(a.type(), shape);
        loops.all((to, i, j, c, n) -> {
            for (int k = 0; k < n; k++) {
                Elements.set(y, to + k,
                        function.apply(a.longAt(i + k * loops.step(0)), b.longAt(j + k * loops.step(1))));
            }
        });
        return new Tensor[] {y};
    }
}
