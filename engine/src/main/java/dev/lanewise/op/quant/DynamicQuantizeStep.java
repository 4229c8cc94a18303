package dev.lanewise.op.quant;

import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.kernel.Kernels;
import java.util.Arrays;

/** Two passes over tiles: the range of each, then the quantisation of each, to bytes or to floats without zero point. */
final class DynamicQuantizeStep implements Step {
    private static final int TILE = 1 << 14;

    private final Kernels kernels;
    private final int x;
    private final int y;
    private final int scaleOut;
    private final int zeroPointOut;
    private final Workers.Tile findRange = this::findRange;
    private final Workers.Tile quantize;
    private final float[] range = new float[2];
    private Frame frame;
    private int size;
    private float scale;
    private int zeroPoint;

    /** {@code zeroPointOut} is the slot of the zero point, or -1 where y holds floats without it. */
    DynamicQuantizeStep(Kernels kernels, int x, int y, int scaleOut, int zeroPointOut) {
        this.kernels = kernels;
        this.x = x;
        this.y = y;
        this.scaleOut = scaleOut;
        this.zeroPointOut = zeroPointOut;
        this.quantize = zeroPointOut < 0 ? this::centre : this::quantize;
    }

    @Override
    public void bind(Frame f) {
        frame = f;
        size = f.size(x);
        f.needScratch(2);
    }

    @Override
    public void run(Frame f, Workers workers) {
        int tiles = (size + TILE - 1) / TILE;
        range[0] = 0;
        range[1] = 0;
        workers.forEach(tiles, findRange);
        scale = DynamicRange.scale(range[0], range[1]);
        zeroPoint = DynamicRange.zeroPoint(range[0], scale);
        int at = f.offset(scaleOut);
        Arrays.fill(f.floats(scaleOut), at, at + f.size(scaleOut), scale);
        if (zeroPointOut >= 0) {
            f.bytes(zeroPointOut)[f.offset(zeroPointOut)] = (byte) zeroPoint;
        }
        workers.forEach(tiles, quantize);
    }

    private void findRange(int tile, int worker) {
        float[] own = frame.scratch(worker);
        own[0] = 0;
        own[1] = 0;
        int first = tile * TILE;
        kernels.minMax(frame.floats(x), frame.offset(x) + first, Math.min(TILE, size - first), own);
        synchronized (range) { // minimum and maximum do not depend on the order of the tiles
            range[0] = Math.min(range[0], own[0]);
            range[1] = Math.max(range[1], own[1]);
        }
    }

    private void quantize(int tile, int worker) {
        int first = tile * TILE;
        kernels.quantizeLinear8(frame.floats(x), frame.offset(x) + first, scale, zeroPoint, 0, 255, frame.bytes(y),
                frame.offset(y) + first, Math.min(TILE, size - first));
    }

    private void centre(int tile, int worker) {
        int first = tile * TILE;
        kernels.quantizeCentred(frame.floats(x), frame.offset(x) + first, scale, zeroPoint, frame.floats(y),
                frame.offset(y) + first, Math.min(TILE, size - first));
    }
}
