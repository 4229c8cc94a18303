package dev.lanewise.op.adaptive;

import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.kernel.Gemm;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.kernel.PackedWeights;
import java.util.stream.IntStream;

/** All gates of one z as one small product, then the highest logit of each module. A tile is a block of tokens. */
final class LearnerGateStep implements Step, Workers.Tile {
    private static final int BLOCK = 64;
    private static final int[] ALL = IntStream.range(0, BLOCK).toArray();

    private final Kernels kernels;
    private final int z;
    private final int[] levels;
    private final PackedWeights gates;
    private final float[] bias;
    private final int[] choices;
    private final int[] least;
    private final boolean skipLast;
    private int tokens;
    private Frame frame;

    LearnerGateStep(Kernels kernels, int z, int[] levels, PackedWeights gates, float[] bias, int[] choices, int[] least,
            boolean skipLast) {
        this.kernels = kernels;
        this.z = z;
        this.levels = levels;
        this.gates = gates;
        this.bias = bias;
        this.choices = choices;
        this.least = least;
        this.skipLast = skipLast;
    }

    @Override
    public void bind(Frame f) {
        tokens = f.size(levels[0]);
        f.needScratch(BLOCK * gates.n());
    }

    @Override
    public boolean isRowWise() {
        return !skipLast;
    }

    @Override
    public void run(Frame f, Workers workers) {
        frame = f;
        workers.forEach((tokens + BLOCK - 1) / BLOCK, this);
        for (int m = 0; skipLast && m < levels.length; m++) {
            LearnerGate.skipLast(f.ints(levels[m]), f.offset(levels[m]), tokens);
        }
        frame = null;
    }

    @Override
    public void run(int index, int worker) {
        int first = index * BLOCK;
        int rows = Math.min(BLOCK, tokens - first);
        float[] logits = frame.scratch(worker);
        for (int p = 0; p < gates.panels(); p++) {
            Gemm.listed(kernels, ALL, 0, rows, frame.floats(z), frame.offset(z) + first * gates.k(), gates.k(), gates,
                    p, gates.columns(p), bias, logits, p * PackedMatrix.PANEL, gates.n(), null, 0);
        }
        for (int m = 0, column = 0; m < levels.length; column += choices[m++]) {
            int[] out = frame.ints(levels[m]);
            int to = frame.offset(levels[m]) + first;
            for (int r = 0; r < rows; r++) {
                out[to + r] = least[m] + LearnerGate.highest(logits, r * gates.n() + column, choices[m]);
            }
        }
    }
}
