package dev.lanewise.op;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import java.util.Random;

/** Tensors of numbers that make operators stumble: zeros of both signs, infinities, NaN, extremes, and many in between. */
public final class Samples {
    private static final float[] CORNERS = {0f, -0f, 1f, -1f, 0.5f, -2.5f, Float.NaN, Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY, Float.MAX_VALUE, Float.MIN_VALUE, 88.8f, -104f};
    private static final long[] WHOLE_CORNERS = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, Integer.MIN_VALUE, 255, 128};

    private final Random random;

    public Samples(long seed) {
        this.random = new Random(seed);
    }

    /** Every eighth element or so a corner case. */
    public Tensor any(DataType type, int... shape) {
        return fill(type, true, shape);
    }

    /** Numbers between -4 and 4, integers between -100 and 100 (without sign between 0 and 100). */
    public Tensor moderate(DataType type, int... shape) {
        return fill(type, false, shape);
    }

    private Tensor fill(DataType type, boolean corners, int... shape) {
        Tensor t = Tensor.zeros(type, shape);
        for (int i = 0; i < t.size(); i++) {
            boolean corner = corners && random.nextInt(8) == 0;
            if (type == DataType.BOOL) {
                Elements.set(t, i, random.nextInt(2));
            } else if (type.isFloatingPoint()) {
                Elements.set(t, i, corner ? CORNERS[random.nextInt(CORNERS.length)] : random.nextFloat() * 8 - 4);
            } else {
                long v = random.nextInt(201) - 100;
                v = type.isUnsigned() ? Math.abs(v) : v;
                Elements.set(t, i, corner ? WHOLE_CORNERS[random.nextInt(WHOLE_CORNERS.length)] : v);
            }
        }
        return t;
    }
}
