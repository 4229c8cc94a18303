package dev.lanewise.op.attention;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/**
 * Scaled dot-product attention over several heads, as the compiler puts it together: {@code softmax(scale q kᵀ + mask) v}
 * for each head. Inputs: q {@code [batch, queries, heads*d]}, k {@code [batch, keys, heads*d]}, v {@code [batch, keys, heads*dv]},
 * or if {@code packed} one tensor {@code [batch, tokens, 3*heads*d]} with q, k and v side by side; then, if {@code masked}, a
 * FLOAT mask that is added, {@code [batch|1, heads|1, queries|1, keys]}. Output {@code [batch, queries, heads*dv]}.
 */
public record MultiHeadAttention(int heads, float scale, boolean packed, boolean masked) implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, DataType.FLOAT);
        if (!in.shapesKnown()) {
            return List.of(Fact.unknown(type));
        }
        Dim[] q = in.shape(0);
        Dim width = packed ? q[2].floorDiv(Dim.constant(3)) : in.shape(2)[2];
        return List.of(Fact.of(type, q[0], q[1], width));
    }

    int maskAt() {
        return packed ? 1 : 3;
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        AttentionTile tile = new AttentionTile(new ScalarKernels(), heads, scale, packed);
        Tensor q = inputs[0];
        int[] keys = packed ? q.shape() : inputs[1].shape();
        int[] values = packed ? q.shape() : inputs[2].shape();
        Tensor mask = masked ? inputs[maskAt()] : null;
        tile.shapes(q.shape(), keys, values, mask == null ? null : mask.shape());
        Tensor out = Tensor.zeros(DataType.FLOAT, q.dim(0), q.dim(1), packed ? q.dim(2) / 3 : values[2]);
        float[] scratch = new float[tile.scratch()];
        float[] k = packed ? q.floats() : inputs[1].floats();
        float[] v = packed ? q.floats() : inputs[2].floats();
        for (int i = 0; i < tile.tiles(); i++) {
            tile.run(i, q.floats(), 0, k, 0, v, 0, mask == null ? null : mask.floats(), 0, out.floats(), 0, scratch);
        }
        return new Tensor[] {out};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        int q = at.input(0);
        int k = packed ? q : at.input(1);
        int v = packed ? q : at.input(2);
        int mask = masked ? at.input(maskAt()) : -1;
        int out = at.output(0);
        return () -> new Heads(new AttentionTile(at.kernels(), heads, scale, packed), q, k, v, mask, out);
    }

    /** One tile is a block of queries of one head of one sequence. */
    private static final class Heads implements Step, Workers.Tile {
        private final AttentionTile tile;
        private final int q;
        private final int k;
        private final int v;
        private final int mask;
        private final int out;
        private Frame frame;

        Heads(AttentionTile tile, int q, int k, int v, int mask, int out) {
            this.tile = tile;
            this.q = q;
            this.k = k;
            this.v = v;
            this.mask = mask;
            this.out = out;
        }

        @Override
        public void bind(Frame f) {
            tile.shapes(f.shape(q), f.shape(k), f.shape(v), mask < 0 ? null : f.shape(mask));
            f.needScratch(tile.scratch());
        }

        @Override
        public void run(Frame f, Workers workers) {
            frame = f;
            workers.forEach(tile.tiles(), this);
            frame = null;
        }

        @Override
        public void run(int index, int worker) {
            tile.run(index, frame.floats(q), frame.offset(q), frame.floats(k), frame.offset(k), frame.floats(v),
                    frame.offset(v),
                    mask < 0 ? null : frame.floats(mask), mask < 0 ? 0 : frame.offset(mask), frame.floats(out),
                    frame.offset(out),
                    frame.scratch(worker));
        }
    }
}
