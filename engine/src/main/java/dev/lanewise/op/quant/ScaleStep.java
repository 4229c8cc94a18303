package dev.lanewise.op.quant;

import dev.lanewise.DataType;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.graph.Dim;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.op.Lowering;
import dev.lanewise.op.shape.Layout;
import java.util.function.Supplier;

/** Quantises or dequantises rows of elements that share a scale. */
final class ScaleStep implements Step, Workers.Tile {
    /** Elements of a tile. */
    private static final int TILE = 1 << 14;

    /** What happens to a run of elements under one scale. */
    sealed interface Conversion {
        void run(Object x, int xOffset, float scale, int zeroPoint, Object y, int yOffset, int n);

        /** Whether zero points are signed bytes. */
        boolean signed();
    }

    record Quantize(Kernels kernels, DataType to) implements Conversion {
        @Override
        public void run(Object x, int xOffset, float scale, int zeroPoint, Object y, int yOffset, int n) {
            kernels.quantizeLinear8((float[]) x, xOffset, scale, zeroPoint, QuantizeLinear.smallest(to),
                    QuantizeLinear.largest(to), (byte[]) y, yOffset, n);
        }

        @Override
        public boolean signed() {
            return !to.isUnsigned();
        }
    }

    record Dequantize(Kernels kernels, boolean signed) implements Conversion {
        @Override
        public void run(Object x, int xOffset, float scale, int zeroPoint, Object y, int yOffset, int n) {
            kernels.dequantizeLinear8((byte[]) x, signed, xOffset, scale, zeroPoint, (float[]) y, yOffset, n);
        }
    }

    private final Conversion conversion;
    /** Axis counted from 0, or -1 where one scale serves all. */
    private final int axis;
    private final int x;
    private final int scale;
    private final int zeroPoint;
    private final int y;
    private Frame frame;
    private int axisSize;
    private int row;
    private int rowsPerTile;
    private int size;

    private ScaleStep(Conversion conversion, int axis, int x, int scale, int zeroPoint, int y) {
        this.conversion = conversion;
        this.axis = axis;
        this.x = x;
        this.scale = scale;
        this.zeroPoint = zeroPoint;
        this.y = y;
    }

    /** For a node with inputs x, scale and optional zero point. */
    static Supplier<Step> maker(Lowering at, int axis, Conversion conversion) {
        Dim scales = at.in(1).size();
        int along = scales.is(1) ? -1 : Layout.axis(axis, at.in(0).rank());
        int x = at.input(0);
        int scale = at.input(1);
        int zeroPoint = at.has(2) ? at.input(2) : -1;
        int y = at.output(0);
        return () -> new ScaleStep(conversion, along, x, scale, zeroPoint, y);
    }

    @Override
    public void bind(Frame f) {
        frame = f;
        int[] shape = f.shape(x);
        size = f.size(x);
        axisSize = axis < 0 ? 1 : shape[axis];
        row = axis < 0 ? TILE : Math.max(1, Layout.product(shape, axis + 1, shape.length));
        rowsPerTile = Math.max(1, TILE / row);
    }

    @Override
    public void run(Frame f, Workers workers) {
        int rows = (size + row - 1) / row;
        workers.forEach((rows + rowsPerTile - 1) / rowsPerTile, this);
    }

    @Override
    public void run(int index, int worker) {
        Object from = frame.array(x);
        Object to = frame.array(y);
        float[] scales = frame.floats(scale);
        int first = index * rowsPerTile;
        int end = Math.min((size + row - 1) / row, first + rowsPerTile);
        for (int r = first; r < end; r++) {
            int at = axis < 0 ? 0 : r % axisSize;
            int start = r * row;
            conversion.run(from, frame.offset(x) + start, scales[frame.offset(scale) + at], zeroPoint(at), to,
                    frame.offset(y) + start, Math.min(row, size - start));
        }
    }

    private int zeroPoint(int i) {
        if (zeroPoint < 0) {
            return 0;
        }
        byte value = frame.bytes(zeroPoint)[frame.offset(zeroPoint) + i];
        return conversion.signed() ? value : value & 0xFF;
    }
}
