package dev.lanewise.op.quant;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import dev.lanewise.op.shape.Gather;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Rows of a table of signed bytes as FLOAT: constant INT8 table {@code [rows, width]}, constant FLOAT scales {@code [rows]}, INT64 or
 * INT32 indices {@code [...]} (negative ones count from the end) to FLOAT {@code [..., width]}, {@code table[i] * scale[i]}.
 */
public record Int8Gather() implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, DataType.INT8);
        DataType type = in.type(1, DataType.FLOAT);
        in.type(2, DataType.INT64, DataType.INT32);
        Dim[] indices = in.shape(2);
        if (indices == null) {
            return List.of(Fact.unknown(type));
        }
        Dim[] out = Arrays.copyOf(indices, indices.length + 1);
        out[indices.length] = in.shape(0)[1];
        return List.of(Fact.of(type, out));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int width = inputs[0].dim(1);
        int count = inputs[2].size();
        int[] shape = Arrays.copyOf(inputs[2].shape(), inputs[2].rank() + 1);
        shape[shape.length - 1] = width;
        Tensor y = Tensor.zeros(DataType.FLOAT, shape);
        for (int r = 0; r < count; r++) {
            int row = Gather.index(inputs[2].longAt(r), inputs[0].dim(0), name(), r);
            for (int j = 0; j < width; j++) {
                y.floats()[r * width + j] = inputs[0].bytes()[row * width + j] * inputs[1].floats()[row];
            }
        }
        return new Tensor[] {y};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        String node = at.node().name();
        Tensor table = at.constant(0);
        Tensor scales = at.constant(1);
        int indices = at.input(2);
        int out = at.output(0);
        return table == null || scales == null ? null
                : () -> new Rows(at.kernels(), node, table, scales.floats(), indices, out);
    }

    /** One tile is a block of rows. */
    private static final class Rows implements Step, Workers.Tile {
        private static final int BLOCK = 64;
        private final Kernels kernels;
        private final String node;
        private final byte[] table;
        private final int size;
        private final int width;
        private final float[] scales;
        private final int indices;
        private final int out;
        private Frame frame;
        private int rows;

        Rows(Kernels kernels, String node, Tensor table, float[] scales, int indices, int out) {
            this.kernels = kernels;
            this.node = node;
            this.table = table.bytes();
            this.size = table.dim(0);
            this.width = table.dim(1);
            this.scales = scales;
            this.indices = indices;
            this.out = out;
        }

        @Override
        public void bind(Frame f) {
            frame = f;
            rows = f.size(indices);
        }

        @Override
        public boolean isRowWise() {
            return true;
        }

        @Override
        public void run(Frame f, Workers workers) {
            workers.forEach((rows + BLOCK - 1) / BLOCK, this);
        }

        @Override
        public void run(int index, int worker) {
            Object chosen = frame.array(indices);
            int from = frame.offset(indices);
            for (int r = index * BLOCK; r < Math.min(rows, (index + 1) * BLOCK); r++) {
                long wanted = chosen instanceof long[] longs ? longs[from + r] : ((int[]) chosen)[from + r];
                int row = Gather.index(wanted, size, node, r);
                kernels.dequantizeLinear8(table, true, row * width, scales[row], 0, frame.floats(out),
                        frame.offset(out) + r * width, width);
            }
        }
    }
}
