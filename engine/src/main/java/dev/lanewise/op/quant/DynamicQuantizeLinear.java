package dev.lanewise.op.quant;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/**
 * ONNX DynamicQuantizeLinear-11: FLOAT x of any shape to UINT8 y of the same shape, FLOAT scale [] and UINT8 zero point [].
 * The scale is (max - min) / 255 over all elements and 0; where all elements are 0, or there are none, it is 1.
 */
public record DynamicQuantizeLinear() implements Lowerable {
    private static final int TILE = 1 << 14;

    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, DataType.FLOAT);
        Fact y = in.shape(0) == null ? Fact.unknown(DataType.UINT8) : Fact.of(DataType.UINT8, in.shape(0));
        return List.of(y, Fact.of(DataType.FLOAT), Fact.of(DataType.UINT8));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        ScalarKernels kernels = new ScalarKernels();
        float[] range = {0, 0};
        kernels.minMax(x.floats(), 0, x.size(), range);
        float scale = scale(range);
        int zeroPoint = zeroPoint(range, scale);
        Tensor y = Tensor.zeros(DataType.UINT8, x.shape());
        kernels.quantizeLinear8(x.floats(), 0, scale, zeroPoint, 0, 255, y.bytes(), 0, x.size());
        return new Tensor[] {y, Tensor.scalar(scale), Tensor.of(DataType.UINT8, new byte[] {(byte) zeroPoint})};
    }

    private static float scale(float[] minMax) {
        return minMax[0] == minMax[1] ? 1 : (minMax[1] - minMax[0]) / 255f;
    }

    private static int zeroPoint(float[] minMax, float scale) {
        float exact = (0 - minMax[0]) / scale;
        return (int) Math.rint(Math.clamp(exact, 0f, 255f));
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        Kernels kernels = at.kernels();
        int x = at.input(0);
        int y = at.output(0);
        int scale = at.output(1);
        int zeroPoint = at.output(2);
        return () -> new QuantizeStep(kernels, x, y, scale, zeroPoint);
    }

    /** Two passes over tiles: the range of each, then the quantisation of each. */
    private static final class QuantizeStep implements Step {
        private final Kernels kernels;
        private final int x;
        private final int y;
        private final int scaleOut;
        private final int zeroPointOut;
        private final Workers.Tile findRange = this::findRange;
        private final Workers.Tile quantize = this::quantize;
        private final float[] range = new float[2];
        private Frame frame;
        private int size;
        private float scale;
        private int zeroPoint;

        QuantizeStep(Kernels kernels, int x, int y, int scaleOut, int zeroPointOut) {
            this.kernels = kernels;
            this.x = x;
            this.y = y;
            this.scaleOut = scaleOut;
            this.zeroPointOut = zeroPointOut;
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
            scale = scale(range);
            zeroPoint = zeroPoint(range, scale);
            f.floats(scaleOut)[f.offset(scaleOut)] = scale;
            f.bytes(zeroPointOut)[f.offset(zeroPointOut)] = (byte) zeroPoint;
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
    }
}
