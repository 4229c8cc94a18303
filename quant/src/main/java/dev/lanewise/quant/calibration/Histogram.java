package dev.lanewise.quant.calibration;

/** How often numbers occur between the smallest and the largest of them, in bins of one width. */
public final class Histogram {
    private static final int BINS = 2048;

    private final float low;
    private final float high;
    private final long[] counts;
    private long total;

    /** @param low,high ends that are known beforehand; what is beyond counts with the nearest bin */
    public Histogram(float low, float high) {
        this.low = low;
        this.high = high;
        this.counts = new long[high > low ? BINS : 1];
    }

    public void add(float[] values) {
        double bins = counts.length / ((double) high - low);
        for (float v : values) {
            counts[counts.length == 1 ? 0 : (int) Math.clamp((long) ((v - low) * bins), 0, counts.length - 1)]++;
        }
        total += values.length;
    }

    public float low() {
        return low;
    }

    public float high() {
        return high;
    }

    /** Where bin i begins; of the number of bins, where the last one ends. */
    private float edge(int i) {
        return (float) (low + ((double) high - low) * i / counts.length);
    }

    /** The middle of each bin. */
    public float[] middles() {
        float[] middles = new float[counts.length];
        for (int i = 0; i < middles.length; i++) {
            middles[i] = edge(i) / 2 + edge(i + 1) / 2;
        }
        return middles;
    }

    /** Share of the numbers in each bin. */
    public double[] shares() {
        double[] shares = new double[counts.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = (double) counts[i] / total;
        }
        return shares;
    }

    /** The last edge below which there is no more than this share of the numbers. */
    public float lower(double share) {
        long below = 0;
        int i = 0;
        while (i < counts.length - 1 && below + counts[i] <= share * total) {
            below += counts[i++];
        }
        return edge(i);
    }

    /** The first edge above which there is no more than this share of the numbers. */
    public float upper(double share) {
        long above = 0;
        int i = counts.length - 1;
        while (i > 0 && above + counts[i] <= share * total) {
            above += counts[i--];
        }
        return edge(i + 1);
    }
}
