package dev.lanewise.op.nn;

import dev.lanewise.DeferredData;
import dev.lanewise.Tensor;
import dev.lanewise.kernel.Epilogue;
import dev.lanewise.kernel.Gemm;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.PackedMatrix;
import java.util.Arrays;

/**
 * A recurrent layer's weights in kernel form.
 *
 * @param input of x for all gates of all directions
 * @param state for each direction, of the state for all gates, or for all but a GRU's candidate
 * @param candidate for each direction a GRU's candidate; empty for other cells
 * @param peepholes for each direction those of the input, output and forget gate; null where there are none
 */
record RecurrentWeights(Projection input, Projection[] state, Projection[] candidate, float[][] peepholes) {
    /** A matrix with its bias, which may be null. */
    record Projection(PackedMatrix matrix, Epilogue bias) {
        private static Projection of(PackedMatrix matrix, float[] bias) {
            return new Projection(matrix, new Epilogue(null, bias, null));
        }

        /** Rows of x, which lie one after another, to rows of y that lie {@code n} apart. */
        void apply(Kernels kernels, int rows, float[] x, int xAt, float[] y, int yAt) {
            int n = matrix.n();
            Gemm.run(kernels, rows, x, xAt, matrix.k(), matrix, false, 0, matrix.panels(), y, yAt, n, bias, null, 0,
                    null, 0, 0, null, 0);
        }
    }

    /** @param bias null where there is none, as {@code peepholes} */
    static RecurrentWeights of(Recurrent.Cell cell, Matrices matrices, int h, Tensor bias, Tensor peepholes) {
        int directions = matrices.state.length;
        int gates = cell.gates * h;
        int first = cell.stateGates() * h;
        Projection[] state = new Projection[directions];
        Projection[] candidate = new Projection[matrices.candidate.length];
        float[] inputBias = bias == null ? null : new float[directions * gates];
        float[][] peeps = peepholes == null ? null : new float[directions][];
        for (int d = 0; d < directions; d++) {
            int at = d * 2 * gates;
            if (bias != null) {
                System.arraycopy(bias.floats(), at, inputBias, d * gates, gates);
            }
            state[d] = Projection.of(matrices.state[d], part(bias, at + gates, first));
            if (candidate.length > 0) {
                candidate[d] = Projection.of(matrices.candidate[d], part(bias, at + gates + first, gates - first));
            }
            if (peepholes != null) {
                peeps[d] = part(peepholes, d * 3 * h, 3 * h);
            }
        }
        return new RecurrentWeights(Projection.of(matrices.input, inputBias), state, candidate, peeps);
    }

    private static float[] part(Tensor of, int from, int count) {
        return of == null ? null : Arrays.copyOfRange(of.floats(), from, from + count);
    }

    /** The matrices alone, packed out of w {@code [directions, gates*h, in]} and r {@code [directions, gates*h, h]}. */
    record Matrices(PackedMatrix input, PackedMatrix[] state, PackedMatrix[] candidate) {
        static Matrices pack(Recurrent.Cell cell, Tensor w, Tensor r) {
            int directions = r.dim(0);
            int h = r.dim(2);
            int gates = cell.gates * h;
            int first = cell.stateGates() * h;
            PackedMatrix[] state = new PackedMatrix[directions];
            PackedMatrix[] candidate = new PackedMatrix[first < gates ? directions : 0];
            for (int d = 0; d < directions; d++) {
                state[d] = PackedMatrix.pack(r.floats(), d * gates * h, h, first, true);
                if (first < gates) {
                    candidate[d] = PackedMatrix.pack(r.floats(), (d * gates + first) * h, h, gates - first, true);
                }
            }
            return new Matrices(PackedMatrix.pack(w.floats(), 0, w.dim(2), directions * gates, true), state,
                    candidate);
        }

        /** The elements of w (0) or r (1). */
        DeferredData.Source elements(int constant) {
            return constant == 0 ? input.transposed() : sink -> {
                int done = 0;
                for (int d = 0; d < state.length; d++) {
                    done = hand(state[d], sink, done);
                    done = candidate.length == 0 ? done : hand(candidate[d], sink, done);
                }
            };
        }

        private static int hand(PackedMatrix m, DeferredData.Sink sink, int done) {
            m.transposed().read((array, offset, first, count) -> sink.take(array, offset, done + first, count));
            return done + m.k() * m.n();
        }
    }
}
