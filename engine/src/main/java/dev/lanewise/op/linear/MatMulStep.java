package dev.lanewise.op.linear;

import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.PackedMatrix;

/** Batched product of two computed matrices. A tile is one 32-column panel of one matrix: it packs the panel, then multiplies. */
final class MatMulStep implements Step, Workers.Tile {
    private static final int WIDTH = PackedMatrix.PANEL;

    private final Kernels kernels;
    private final int a;
    private final int b;
    private final int c;
    private int m;
    private int k;
    private int n;
    private int panels;
    private int[] matrixA = new int[0];
    private int[] matrixB = new int[0];
    private Frame frame;

    MatMulStep(Kernels kernels, int a, int b, int c) {
        this.kernels = kernels;
        this.a = a;
        this.b = b;
        this.c = c;
    }

    @Override
    public void bind(Frame f) {
        int[] sa = f.shape(a);
        int[] sb = f.shape(b);
        m = sa[sa.length - 2];
        k = sa[sa.length - 1];
        n = sb[sb.length - 1];
        panels = (n + WIDTH - 1) / WIDTH;
        int batches = m * n == 0 ? 0 : f.size(c) / (m * n);
        if (matrixA.length < batches) {
            matrixA = new int[batches];
            matrixB = new int[batches];
        }
        int[] batch = f.shape(c);
        for (int i = 0; i < batches; i++) {
            matrixA[i] = matrixOf(i, batch, sa);
            matrixB[i] = matrixOf(i, batch, sb);
        }
        f.needScratch(k * WIDTH);
    }

    /** As {@link ReferenceMatMul#batchIndex}, over the whole output shape. */
    private static int matrixOf(int index, int[] out, int[] shape) {
        int at = 0;
        int stride = 1;
        int rest = index;
        for (int d = out.length - 3; d >= 0; d--) {
            int position = rest % out[d];
            rest /= out[d];
            int own = d - (out.length - shape.length);
            if (own >= 0) {
                at += shape[own] == 1 ? 0 : position * stride;
                stride *= shape[own];
            }
        }
        return at;
    }

    @Override
    public void run(Frame f, Workers workers) {
        frame = f;
        int batches = m * n == 0 ? 0 : f.size(c) / (m * n);
        workers.forEach(batches * panels, this);
        frame = null;
    }

    @Override
    public void run(int index, int worker) {
        int batch = index / panels;
        int column = index % panels * WIDTH;
        int columns = Math.min(WIDTH, n - column);
        float[] panel = frame.scratch(worker);
        PackedMatrix.packPanel(frame.floats(b), frame.offset(b) + matrixB[batch] * k * n + column, n, k, columns, panel,
                0);
        kernels.gemmPanel(m, columns, k, frame.floats(a), frame.offset(a) + matrixA[batch] * m * k, k, panel, 0,
                frame.floats(c),
                frame.offset(c) + batch * m * n + column, n, false);
    }
}
