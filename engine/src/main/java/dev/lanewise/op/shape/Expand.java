package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/**
 * ONNX Expand-13: input 0 repeated to the broadcast of its shape and the shape that input 1 (INT64 [n]) holds.
 */
public record Expand() implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0);
        in.type(1, DataType.INT64);
        Dim[] wanted = Layout.content(in.input(1));
        if (in.shape(0) == null || wanted == null) {
            return List.of(Fact.unknown(type));
        }
        for (Dim d : wanted) {
            if (d.isConstant() && d.value() < 0) {
                throw in.error("dimensions of 0 or more", Arrays.toString(wanted), "correct the shape");
            }
        }
        Dim[] out = in.broadcast(in.shape(0), wanted);
        Dim[] content = in.input(0).content();
        Fact fact = Fact.of(type, out);
        if (content == null || out.length > 1 || !fact.isConcrete()
                || fact.size().value() > Fact.LONGEST_CONTENT) {
            return List.of(fact);
        }
        boolean repeats = content.length == 1;
        int n = (int) fact.size().value();
        return List.of(fact.withContent(repeats ? Collections.nCopies(n, content[0]).toArray(Dim[]::new) : content));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int[] shape = Layout.shapes(this, inputs)[0];
        Tensor out = Tensor.zeros(inputs[0].type(), shape);
        StridedCopy.copy(shape, inputs[0].array(), 0, repeating(inputs[0].shape(), shape), out.array(), 0,
                Layout.strides(shape));
        return new Tensor[] {out};
    }

    /** Strides over the input for each output axis: 0 where it repeats. */
    private static int[] repeating(int[] in, int[] out) {
        int[] strides = Layout.strides(in);
        int[] from = new int[out.length];
        int added = out.length - in.length;
        for (int a = added; a < out.length; a++) {
            from[a] = in[a - added] == 1 ? 0 : strides[a - added];
        }
        return from;
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        int in = at.input(0);
        int out = at.output(0);
        return () -> new Step() {
            private final StridedCopy copy = new StridedCopy();

            @Override
            public void bind(Frame frame) {
                int[] shape = frame.shape(out);
                copy.bind(shape, repeating(frame.shape(in), shape), Layout.strides(shape));
            }

            @Override
            public void run(Frame frame, Workers workers) {
                copy.run(frame.array(in), frame.offset(in), frame.array(out), frame.offset(out), workers);
            }
        };
    }
}
