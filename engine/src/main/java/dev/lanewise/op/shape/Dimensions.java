package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/**
 * An INT64 tensor whose elements are dimension expressions, without inputs: what is left of folded shape arithmetic whose
 * value a kernel still reads. Not an ONNX operator.
 *
 * @param scalar rank 0 and one element rather than rank 1
 */
public record Dimensions(List<Dim> content, boolean scalar) implements Lowerable {
    public Dimensions {
        content = List.copyOf(content);
    }

    @Override
    public List<Fact> infer(Inference in) {
        if (scalar && content.size() != 1) {
            throw in.error("one element for a scalar", content.toString(), "make it a list");
        }
        Fact fact = scalar ? Fact.of(DataType.INT64) : Fact.of(DataType.INT64, Dim.constant(content.size()));
        return List.of(fact.withContent(content.toArray(Dim[]::new)));
    }

    /** Works once every symbol has a value, as in a graph typed for exact shapes. */
    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        long[] values = new long[content.size()];
        for (int i = 0; i < values.length; i++) {
            Dim d = content.get(i);
            if (!d.isConstant()) {
                throw new InvalidInputException(null, "dimensions that are numbers", d.toString(),
                        "bind the graph to shapes before evaluating it");
            }
            values[i] = d.value();
        }
        return new Tensor[] {scalar ? Tensor.scalar(values[0]) : Tensor.of(values, values.length)};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        int[] dims = content.stream().mapToInt(at::dim).toArray();
        int out = at.output(0);
        return () -> new Step() {
            @Override
            public void run(Frame frame, Workers workers) {
                long[] y = frame.longs(out);
                int offset = frame.offset(out);
                for (int i = 0; i < dims.length; i++) {
                    y[offset + i] = frame.dim(dims[i]);
                }
            }
        };
    }
}
