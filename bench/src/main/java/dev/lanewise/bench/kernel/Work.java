package dev.lanewise.bench.kernel;

/**
 * What one operation of a benchmark does.
 *
 * @param flops additions and multiplications, a fused multiply-add being two; 0 where they are not what counts
 * @param bytes read and written, each once
 */
public record Work(double flops, double bytes) {
    /** A product {@code [m, k] x [k, n]}. */
    static Work product(double m, double k, double n) {
        return new Work(2 * m * k * n, Float.BYTES * (m * k + k * n + m * n));
    }

    /** So many elements of so many bytes each, read and written together. */
    static Work elements(double n, double bytes) {
        return new Work(0, n * bytes);
    }
}
