package dev.lanewise.bench.work;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Reads an array once, in several streams that run side by side through parts of it: hardware prefetchers follow each stream, and
 * one alone does not use all of the memory's bandwidth everywhere.
 */
final class StreamingRead {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int VECTORS = 4;
    private static final int STEP = VECTORS * S.length();
    /** Elements of a stream that one call reads: short calls, so that compiled code is entered at its beginning. */
    private static final int PIECE = 2048;
    /** What is timed at once, the size of a weight matrix: the median of many leaves out what the machine did meanwhile. */
    private static final int STRETCH = 384 * 1536;
    /** Streams lie that far from a power of two apart, so that they do not all meet the same bank of the memory. */
    private static final int SKEW = 17 * 64;

    private StreamingRead() {
    }

    /**
     * Reads most of {@code range} elements from {@code from} on, and adds the bytes per second of every stretch of about
     * {@value #STRETCH} elements to {@code rates}; returns a number that depends on what was read.
     */
    static float read(float[] data, int from, int range, int streams, List<Double> rates) {
        int part = (range / streams - SKEW) / PIECE * PIECE;
        int pieces = Math.max(1, STRETCH / (PIECE * streams));
        float sum = 0;
        for (int i = 0; i + pieces * PIECE <= part; i += pieces * PIECE) {
            long start = System.nanoTime();
            for (int p = 0; p < pieces; p++) {
                sum += piece(data, from + i + p * PIECE, part + SKEW, streams);
            }
            rates.add((double) Float.BYTES * pieces * PIECE * streams / (System.nanoTime() - start) * 1e9);
        }
        return sum;
    }

    private static float piece(float[] data, int from, int distance, int streams) {
        FloatVector a = FloatVector.zero(S);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = from; i < from + PIECE; i += STEP) {
            int at = i;
            for (int s = 0; s < streams; s++) {
                a = a.add(FloatVector.fromArray(S, data, at));
                b = b.add(FloatVector.fromArray(S, data, at + S.length()));
                c = c.add(FloatVector.fromArray(S, data, at + 2 * S.length()));
                d = d.add(FloatVector.fromArray(S, data, at + 3 * S.length()));
                at += distance;
            }
        }
        return a.add(b).add(c.add(d)).lane(0);
    }
}
