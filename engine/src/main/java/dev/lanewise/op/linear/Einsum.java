package dev.lanewise.op.linear;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import java.util.Arrays;
import java.util.List;

/**
 * Einstein summation over any number of operands, such as {@code bij,bjk->bik}: axes of one label run together,
 * labels that the output lacks are summed. An axis of size 1 behind an ellipsis broadcasts. ONNX Einsum-12.
 */
public record Einsum(String equation) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0);
        for (int i = 1; i < in.count(); i++) {
            in.sameType(0, i);
        }
        if (type == DataType.BOOL || type == DataType.STRING || type.bits() < 8) {
            throw in.error("operands of numbers", type.toString(), "cast them");
        }
        if (!in.shapesKnown()) {
            return List.of(Fact.unknown(type));
        }
        int[] ranks = new int[in.count()];
        Arrays.setAll(ranks, i -> in.shape(i).length);
        EinsumEquation parsed;
        try {
            parsed = EinsumEquation.parse(equation, ranks);
        } catch (IllegalArgumentException e) {
            throw in.error("an equation that fits the operands", e.getMessage() + " in '" + equation + "'",
                    "correct the equation");
        }
        String labels = parsed.labels();
        Dim[] sizes = new Dim[labels.length()];
        for (int i = 0; i < ranks.length; i++) {
            for (int d = 0; d < ranks[i]; d++) {
                int label = labels.indexOf(parsed.operands().get(i).charAt(d));
                sizes[label] = joined(in, labels.charAt(label), sizes[label], in.shape(i)[d]);
            }
        }
        return List.of(Fact.of(type, Arrays.copyOf(sizes, parsed.output().length())));
    }

    private static Dim joined(Inference in, char label, Dim before, Dim found) {
        if (before == null || Character.isDigit(label) && before.is(1)) {
            return found;
        }
        if (Character.isDigit(label) && found.is(1)) {
            return before;
        }
        if (before.isConstant() && found.isConstant() && !before.equals(found)) {
            throw in.error("one size for label '" + label + "'", before + " and " + found,
                    "check the operands' shapes");
        }
        return in.assumeEqual(before, found);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        EinsumEquation parsed =
                EinsumEquation.parse(equation, Arrays.stream(inputs).mapToInt(Tensor::rank).toArray());
        String labels = parsed.labels();
        int[] sizes = new int[labels.length()];
        Arrays.fill(sizes, -1);
        int[][] strides = new int[inputs.length][labels.length()];
        for (int i = 0; i < inputs.length; i++) {
            int stride = 1;
            for (int d = inputs[i].rank() - 1; d >= 0; d--) {
                int label = labels.indexOf(parsed.operands().get(i).charAt(d));
                int size = inputs[i].dim(d);
                boolean broadcasts = Character.isDigit(labels.charAt(label));
                if (sizes[label] < 0 || broadcasts && sizes[label] == 1) {
                    sizes[label] = size;
                } else if (size != sizes[label] && !(broadcasts && size == 1)) {
                    throw new InvalidInputException(null, "size " + sizes[label] + " for label "
                            + labels.charAt(label), inputs[i].toString(), "check the operands' shapes");
                }
                strides[i][label] += size == 1 ? 0 : stride;
                stride *= size;
            }
        }
        int free = parsed.output().length();
        Tensor out = Tensor.zeros(inputs[0].type(), Arrays.copyOf(sizes, free));
        int terms = Tensor.sizeOf(Arrays.copyOfRange(sizes, free, sizes.length));
        int run = free == sizes.length ? 1 : sizes[sizes.length - 1];
        int[] base = new int[inputs.length];
        int[] at = new int[inputs.length];
        int[] steps = new int[inputs.length];
        for (int i = 0; i < inputs.length && free < sizes.length; i++) {
            steps[i] = strides[i][sizes.length - 1];
        }
        for (int i = 0; i < out.size(); i++) {
            place(i, 0, free, sizes, strides, new int[inputs.length], base);
            Sum sum = new Sum(out.type());
            for (int t = 0; t < terms; t += run) {
                place(t, free, sizes.length, sizes, strides, base, at);
                sum.add(inputs, at, steps, run);
            }
            sum.store(out, i);
        }
        return new Tensor[] {out};
    }

    /** Offsets of the operands' elements at position {@code index} of the labels {@code from} to {@code to}. */
    private static void place(int index, int from, int to, int[] sizes, int[][] strides, int[] base, int[] at) {
        System.arraycopy(base, 0, at, 0, at.length);
        int rest = index;
        for (int label = to - 1; label >= from; label--) {
            int position = rest % sizes[label];
            rest /= sizes[label];
            for (int i = 0; i < at.length; i++) {
                at[i] += position * strides[i][label];
            }
        }
    }

    /** One result: a chain of fused multiply-adds, the last operand times the product of the others. */
    private static final class Sum {
        private final DataType type;
        private float single;
        private double precise;
        private long whole;

        Sum(DataType type) {
            this.type = type;
        }

        /** Adds {@code run} terms, the operands' elements {@code steps} apart from {@code at} on. */
        void add(Tensor[] inputs, int[] at, int[] steps, int run) {
            if (type == DataType.FLOAT && inputs.length == 2) {
                single = chain(inputs[0].floats(), at[0], steps[0], inputs[1].floats(), at[1], steps[1], run, single);
                return;
            }
            for (int t = 0; t < run; t++) {
                add(inputs, at);
                for (int i = 0; i < at.length; i++) {
                    at[i] += steps[i];
                }
            }
        }

        private static float chain(float[] a, int aAt, int aStep, float[] b, int bAt, int bStep, int n, float start) {
            float sum = start;
            for (int t = 0; t < n; t++) {
                sum = Math.fma(a[aAt + t * aStep], b[bAt + t * bStep], sum);
            }
            return sum;
        }

        private void add(Tensor[] inputs, int[] at) {
            int last = inputs.length - 1;
            if (type.isInteger()) {
                long product = 1;
                for (int i = 0; i <= last; i++) {
                    product *= inputs[i].longAt(at[i]);
                }
                whole += product;
            } else if (type == DataType.DOUBLE) {
                double product = 1;
                for (int i = 0; i < last; i++) {
                    product *= inputs[i].doubles()[at[i]];
                }
                precise = Math.fma(product, inputs[last].doubles()[at[last]], precise);
            } else {
                float product = 1;
                for (int i = 0; i < last; i++) {
                    product *= Elements.floatAt(inputs[i], at[i]);
                }
                single = Math.fma(product, Elements.floatAt(inputs[last], at[last]), single);
            }
        }

        void store(Tensor out, int i) {
            if (type.isInteger()) {
                Elements.set(out, i, whole);
            } else {
                Elements.set(out, i, type == DataType.DOUBLE ? precise : single);
            }
        }
    }
}
