package dev.lanewise.op.adaptive;

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
 * The rows of x that a {@link TokenSampling} or an {@link ExitGate} kept, in its order. Inputs: x and INT64 rows {@code [m]}, with -1 from
 * the end of the kept ones on. Along axis 0 (samples of a batch) x {@code [m, ...]} gives {@code [kept, ...]}; along axis 1 (tokens of one
 * image) x {@code [1, m, ...]} gives {@code [1, kept, ...]}.
 *
 * @param kept the symbol that the choosing node sets
 */
public record KeepRows(int axis, Dim kept) implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0);
        in.type(1, DataType.INT64);
        if (axis < 0 || axis > 1) {
            throw in.error("axis 0 or 1", Integer.toString(axis), "correct the axis");
        }
        if (!in.shapesKnown()) {
            return List.of(Fact.unknown(type));
        }
        Dim[] out = in.shape(0).clone();
        if (out.length <= axis || in.shape(1).length != 1) {
            throw in.error("x with an axis " + axis + " and a list of rows", in.input(0) + " and " + in.input(1),
                    "check the shapes");
        }
        if (!out[axis].equals(in.shape(1)[0])) {
            in.assumeEqual(out[axis], in.shape(1)[0]);
        }
        if (axis == 1) {
            in.assumeEqual(out[0], Dim.ONE);
            out[0] = Dim.ONE;
        }
        out[axis] = kept;
        return List.of(Fact.of(type, out));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int[] shape = inputs[0].shape();
        long[] rows = inputs[1].longs();
        int count = 0;
        while (count < rows.length && rows[count] >= 0) {
            count++;
        }
        int all = shape[axis];
        shape[axis] = count;
        Tensor y = Tensor.zeros(inputs[0].type(), shape);
        int width = count == 0 ? 0 : y.size() / count;
        for (int i = 0; i < count; i++) {
            System.arraycopy(inputs[0].array(), check(rows[i], all) * width, y.array(), i * width, width);
        }
        return new Tensor[] {y};
    }

    private static int check(long row, int rows) {
        if (row < 0 || row >= rows) {
            throw new InvalidInputException("rows", "0 to " + (rows - 1), Long.toString(row),
                    "correct what chooses them");
        }
        return (int) row;
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        int x = at.input(0);
        int rows = at.input(1);
        int y = at.output(0);
        int along = axis;
        return () -> new Rows(x, rows, y, along);
    }

    /** One tile is a block of rows. */
    private static final class Rows implements Step, Workers.Tile {
        private static final int BLOCK = 32;
        private final int x;
        private final int rows;
        private final int y;
        private final int axis;
        private int count;
        private int width;
        private Frame frame;

        Rows(int x, int rows, int y, int axis) {
            this.x = x;
            this.rows = rows;
            this.y = y;
            this.axis = axis;
        }

        @Override
        public void bind(Frame f) {
            count = f.shape(y)[axis];
            width = count == 0 ? 0 : f.size(y) / count;
        }

        @Override
        public void run(Frame f, Workers workers) {
            frame = f;
            workers.forEach((count + BLOCK - 1) / BLOCK, this);
            frame = null;
        }

        @Override
        public void run(int index, int worker) {
            int all = frame.shape(x)[axis];
            for (int i = index * BLOCK; i < Math.min(count, (index + 1) * BLOCK); i++) {
                int row = check(frame.longs(rows)[frame.offset(rows) + i], all);
                System.arraycopy(frame.array(x), frame.offset(x) + row * width, frame.array(y),
                        frame.offset(y) + i * width,
                        width);
            }
        }
    }
}
