package dev.lanewise.op.nn;

import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;

/** Pooling of FLOAT channels; one tile is one channel of one instance. */
final class PoolStep implements Step, Workers.Tile {
    /** What is done with one channel: its elements start at {@code x[from]}, the results at {@code y[to]}. */
    @FunctionalInterface
    interface Channel {
        void pool(float[] x, int from, float[] y, int to, Taps taps, int[] counts);
    }

    /** How many elements count at each position. */
    @FunctionalInterface
    interface Counts {
        int[] of(Taps taps, int[] spatial, int[] out);
    }

    private final Window window;
    private final int x;
    private final int y;
    private final Channel channel;
    private final Counts counting;
    private final Taps taps = new Taps();
    private int[] counts;
    private int channels;
    private int inner;
    private Frame frame;

    /** {@code counting} may be null. */
    PoolStep(Window window, int x, int y, Channel channel, Counts counting) {
        this.window = window;
        this.x = x;
        this.y = y;
        this.channel = channel;
        this.counting = counting;
    }

    @Override
    public void bind(Frame f) {
        int[] spatial = Taps.spatial(f.shape(x));
        int[] out = Taps.spatial(f.shape(y));
        taps.set(window, window.kernel(null), spatial, out);
        counts = counting == null ? null : counting.of(taps, spatial, out);
        channels = f.shape(x)[0] * f.shape(x)[1];
        inner = Taps.product(spatial);
    }

    @Override
    public void run(Frame f, Workers workers) {
        frame = f;
        workers.forEach(channels, this);
        frame = null;
    }

    @Override
    public void run(int index, int worker) {
        channel.pool(frame.floats(x), frame.offset(x) + index * inner, frame.floats(y),
                frame.offset(y) + index * taps.positions, taps, counts);
    }
}
