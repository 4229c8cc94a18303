package dev.lanewise.op.reduce;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.ReduceFunction;
import dev.lanewise.op.Elements;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import dev.lanewise.op.shape.Layout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Folds axes of a tensor. Inputs: x; optional axes (INT64 [n], negative counted from the end), none or an empty list meaning
 * all. Output: x without these axes, or with them as 1. ONNX Reduce* of operator set 18 and later.
 *
 * @param noopWithEmptyAxes without axes, folds each element alone
 */
public record Reduce(Function function, boolean keepDims, boolean noopWithEmptyAxes) implements Lowerable {
    /** Each with its ONNX name and the kernel that does the folding. */
    public enum Function {
        SUM("ReduceSum", ReduceFunction.SUM), MEAN("ReduceMean", ReduceFunction.SUM),
        MAX("ReduceMax", ReduceFunction.MAX), MIN("ReduceMin", ReduceFunction.MIN),
        PROD("ReduceProd", ReduceFunction.PRODUCT), L1("ReduceL1", ReduceFunction.SUM_ABS),
        L2("ReduceL2", ReduceFunction.SUM_SQUARES), SUM_SQUARE("ReduceSumSquare", ReduceFunction.SUM_SQUARES),
        LOG_SUM("ReduceLogSum", ReduceFunction.SUM), LOG_SUM_EXP("ReduceLogSumExp", ReduceFunction.SUM);

        private final String onnxName;
        private final ReduceFunction kernel;

        Function(String onnxName, ReduceFunction kernel) {
            this.onnxName = onnxName;
            this.kernel = kernel;
        }

        public String onnxName() {
            return onnxName;
        }

        ReduceFunction kernel() {
            return kernel;
        }
    }

    @Override
    public String name() {
        return function.onnxName;
    }

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0);
        boolean order = function == Function.MAX || function == Function.MIN;
        if (type != DataType.BOOL || !order) {
            in.type(0, Elements.numbers());
        }
        if (in.has(1)) {
            in.type(1, DataType.INT64);
        }
        Dim[] shape = in.shape(0);
        long[] axes = in.has(1) ? Layout.numbers(in.input(1)) : new long[0];
        if (shape == null || axes == null) {
            return List.of(Fact.unknown(type));
        }
        for (long a : axes) {
            in.axis(a, shape.length);
        }
        boolean[] folded = folded(axes, shape.length);
        List<Dim> out = new ArrayList<>();
        for (int d = 0; d < shape.length; d++) {
            if (!folded[d]) {
                out.add(shape[d]);
            } else if (keepDims) {
                out.add(Dim.ONE);
            }
        }
        Fact fact = Fact.of(type, out.toArray(Dim[]::new));
        boolean wholeList = shape.length == 1 && folded[0];
        return List.of(wholeList && type.isInteger() ? fact.withContent(() -> content(in.input(0).content())) : fact);
    }

    /** The folded list of expressions, or null. */
    private Dim[] content(Dim[] x) {
        if (x == null || x.length == 0) {
            return null;
        }
        Dim result = x[0];
        for (int i = 1; i < x.length; i++) {
            switch (function) {
                case SUM -> result = result.plus(x[i]);
                case PROD -> result = result.times(x[i]);
                case MAX -> result = result.max(x[i]);
                case MIN -> result = result.min(x[i]);
                default -> {
                    return null;
                }
            }
        }
        return switch (function) {
            case SUM, PROD, MAX, MIN -> new Dim[] {result};
            default -> null;
        };
    }

    /** Which axes of a tensor of {@code rank} are folded. */
    private boolean[] folded(long[] axes, int rank) {
        boolean[] folded = new boolean[rank];
        Arrays.fill(folded, axes.length == 0 && !noopWithEmptyAxes);
        for (long a : axes) {
            long axis = a < 0 ? a + rank : a;
            if (axis < 0 || axis >= rank) {
                throw new InvalidInputException(name(), "axes in [" + -rank + ", " + (rank - 1) + "]",
                        Long.toString(a), "correct the axes");
            }
            folded[(int) axis] = true;
        }
        return folded;
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor axes = Layout.optional(inputs, 1);
        boolean[] folded = folded(axes == null ? new long[0] : axes.longs(), inputs[0].rank());
        int[] shape = inputs[0].shape();
        int[] out = new int[shape.length];
        int rank = 0;
        for (int d = 0; d < shape.length; d++) {
            if (!folded[d] || keepDims) {
                out[rank++] = folded[d] ? 1 : shape[d];
            }
        }
        FoldedAxes over = new FoldedAxes(folded);
        over.bind(shape);
        return new Tensor[] {ReferenceReduce.fold(function, inputs[0], over, Arrays.copyOf(out, rank))};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        if (at.in(0).type() != DataType.FLOAT) {
            return null;
        }
        long[] axes = at.has(1) ? Layout.numbers(at.in(1)) : new long[0];
        boolean[] folded = folded(axes, at.in(0).rank());
        int x = at.input(0);
        int y = at.output(0);
        return () -> new ReduceStep(at.kernels(), function, x, y, new FoldedAxes(folded));
    }
}
