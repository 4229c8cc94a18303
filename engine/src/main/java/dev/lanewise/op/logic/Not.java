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
import dev.lanewise.op.elementwise.BroadcastStep;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** Turns each BOOL element over. ONNX Not-1. */
public record Not() implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        Fact out = new Fact(in.type(0, DataType.BOOL), in.shape(0), null, null);
        Dim[] content = in.input(0).content();
        return List.of(content == null ? out
                : out.withContent(Arrays.stream(content).map(Dim.ONE::minus).toArray(Dim[]::new)));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        byte[] y = new byte[inputs[0].size()];
        invert(inputs[0].bytes(), 0, y, 0, y.length);
        return new Tensor[] {Tensor.of(DataType.BOOL, y, inputs[0].shape())};
    }

    private static void invert(byte[] x, int from, byte[] y, int to, int n) {
        for (int i = 0; i < n; i++) {
            y[to + i] = (byte) (x[from + i] ^ 1);
        }
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        int x = at.input(0);
        int y = at.output(0);
        int rank = at.out(0).rank();
        return () -> new BroadcastStep(y, rank, x) {
            @Override
            protected void run(Frame f, int to, int from, int b, int c, int n) {
                invert(f.bytes(x), from, f.bytes(y), to, n);
            }
        };
    }
}
