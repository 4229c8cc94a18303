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
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.kernel.PackedTable;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * ONNX Gather-13: slices of input 0 along {@code axis}, chosen by input 1 (INT32 or INT64, any shape; negative counts from
 * the end). Output: data[..axis] + indices + data[axis+1..].
 *
 * @param axis may be negative
 */
public record Gather(int axis) implements Lowerable {
    private static final int SMALLEST_TILE = 1 << 14;

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0);
        in.type(1, DataType.INT64, DataType.INT32);
        Dim[] data = in.shape(0);
        Dim[] indices = in.shape(1);
        if (data == null || indices == null) {
            return List.of(Fact.unknown(type));
        }
        int at = in.axis(axis, data.length);
        Dim[] out = new Dim[data.length - 1 + indices.length];
        System.arraycopy(data, 0, out, 0, at);
        System.arraycopy(indices, 0, out, at, indices.length);
        System.arraycopy(data, at + 1, out, at + indices.length, data.length - at - 1);
        checkConstants(in, data[at]);
        return List.of(Fact.of(type, out).withContent(content(in)));
    }

    private static void checkConstants(Inference in, Dim size) {
        Tensor constant = in.input(1).constant();
        if (constant == null || !size.isConstant()) {
            return;
        }
        for (long index : constant.asLongs()) {
            if (index < -size.value() || index >= size.value()) {
                throw in.error("indices in [" + -size.value() + ", " + (size.value() - 1) + "]", Long.toString(index),
                        "correct the indices");
            }
        }
    }

    private static Dim[] content(Inference in) {
        Dim[] data = in.input(0).content();
        long[] indices = Layout.numbers(in.input(1));
        if (data == null || in.shape(0).length != 1 || indices == null) {
            return null;
        }
        Dim[] content = new Dim[indices.length];
        for (int i = 0; i < content.length; i++) {
            int index = (int) (indices[i] < 0 ? indices[i] + data.length : indices[i]);
            if (index < 0 || index >= data.length) {
                throw in.error("indices below " + data.length, Long.toString(indices[i]), "correct the indices");
            }
            content[i] = data[index];
        }
        return content;
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor data = inputs[0];
        int at = Layout.axis(axis, data.rank());
        Tensor out = Tensor.zeros(data.type(), Layout.shapes(this, inputs)[0]);
        int size = data.dim(at);
        int inner = Layout.product(data.shape(), at + 1, data.rank());
        int count = inputs[1].size();
        int outer = Layout.product(data.shape(), 0, at);
        for (int i = 0; i < count; i++) {
            int index = index(inputs[1].longAt(i), size, name(), i);
            for (int o = 0; o < outer; o++) {
                System.arraycopy(data.array(), (o * size + index) * inner, out.array(), (o * count + i) * inner, inner);
            }
        }
        return new Tensor[] {out};
    }

    /** An index counted from 0; an error where it is outside the axis. */
    public static int index(long index, int size, String node, int position) {
        long from0 = index < 0 ? index + size : index;
        if (from0 < 0 || from0 >= size) {
            throw new InvalidInputException(node, "indices in [" + -size + ", " + (size - 1) + "]",
                    index + " at position " + position, "check the data that becomes this index, such as token ids");
        }
        return (int) from0;
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        String node = at.node().name();
        int axisFrom0 = Layout.axis(axis, at.in(0).rank());
        PackedTable table = axisFrom0 == 0 ? table(at, at.constant(0)) : null;
        if (table != null) {
            int chosen = at.input(1);
            int rows = at.output(0);
            return () -> new TableRows(node, table, chosen, rows);
        }
        int data = at.input(0);
        int indices = at.input(1);
        int out = at.output(0);
        boolean rowWise = axisFrom0 == 0 && at.constant(0) != null;
        return () -> new GatherStep(node, axisFrom0, data, indices, out, rowWise);
    }

    /** The rows of an encoded constant, null for anything else. */
    private static PackedTable table(Lowering at, Tensor constant) {
        if (constant == null || constant.rank() != 2) {
            return null;
        }
        EncodedMatrix m = EncodedMatrix.of(constant);
        return m == null ? null : at.pack(constant, "rows", c -> Optional.ofNullable(PackedTable.pack(m))).orElse(null);
    }

    private static final class GatherStep implements Step, Workers.Tile {
        private final String node;
        private final int axis;
        private final int data;
        private final int indices;
        private final int out;
        private final boolean rowWise;
        private int size;
        private int inner;
        private int count;
        private int rows;
        private int rowsPerTile;
        private Frame frame;

        GatherStep(String node, int axis, int data, int indices, int out, boolean rowWise) {
            this.node = node;
            this.axis = axis;
            this.data = data;
            this.indices = indices;
            this.out = out;
            this.rowWise = rowWise;
        }

        @Override
        public void bind(Frame f) {
            frame = f;
            int[] shape = f.shape(data);
            size = shape[axis];
            inner = Layout.product(shape, axis + 1, shape.length);
            count = f.size(indices);
            rows = count * Layout.product(shape, 0, axis);
            rowsPerTile = Math.max(1, SMALLEST_TILE / Math.max(1, inner));
        }

        @Override
        public boolean isRowWise() {
            return rowWise;
        }

        @Override
        public void run(Frame f, Workers workers) {
            int tiles = (rows + rowsPerTile - 1) / rowsPerTile;
            if (tiles <= 1) {
                rows(0, rows);
            } else {
                workers.forEach(tiles, this);
            }
        }

        @Override
        public void run(int index, int worker) {
            rows(index * rowsPerTile, Math.min(rows, (index + 1) * rowsPerTile));
        }

        private void rows(int first, int end) {
            Object source = frame.array(data);
            Object target = frame.array(out);
            int from = frame.offset(data);
            int to = frame.offset(out);
            Object chosen = frame.array(indices);
            int chosenOffset = frame.offset(indices);
            for (int r = first; r < end; r++) {
                int i = r % count;
                long wanted =
                        chosen instanceof long[] longs ? longs[chosenOffset + i] : ((int[]) chosen)[chosenOffset + i];
                int row = r / count * size + index(wanted, size, node, i);
                if (source instanceof float[] floats) {
                    System.arraycopy(floats, from + row * inner, (float[]) target, to + r * inner, inner);
                } else {
                    System.arraycopy(source, from + row * inner, target, to + r * inner, inner);
                }
            }
        }
    }
}
