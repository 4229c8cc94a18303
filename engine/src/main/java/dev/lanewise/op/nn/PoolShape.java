package dev.lanewise.op.nn;

import dev.lanewise.DataType;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Inference;
import java.util.Arrays;

/** Shapes of pooling: {@code [n, c, ...]} keeps its first two axes. */
final class PoolShape {
    private PoolShape() {
    }

    static DataType floatType(Inference in) {
        return in.type(0, DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16);
    }

    /** Output shape, or null where it is not known. */
    static Dim[] infer(Inference in, Window window) {
        Dim[] x = spatialInput(in);
        if (x == null) {
            return null;
        }
        if (window.kernel().isEmpty()) {
            throw in.error("kernel_shape", "none", "give it");
        }
        window.check(in, x.length - 2);
        Dim[] spatial = window.positions(in, Arrays.copyOfRange(x, 2, x.length), window.kernel(null));
        Dim[] out = x.clone();
        System.arraycopy(spatial, 0, out, 2, spatial.length);
        return out;
    }

    /** Output shape of pooling over whole channels: each spatial axis becomes 1. */
    static Dim[] inferGlobal(Inference in) {
        Dim[] x = spatialInput(in);
        if (x == null) {
            return null;
        }
        Dim[] out = x.clone();
        Arrays.fill(out, 2, out.length, Dim.ONE);
        return out;
    }

    private static Dim[] spatialInput(Inference in) {
        Dim[] x = in.shape(0);
        if (x != null && x.length < 3) {
            throw in.error("x with batch, channel and spatial axes", in.input(0).toString(), "give it rank 3 or more");
        }
        return x;
    }

    static int[] of(int[] x, Window window) {
        int[] spatial = window.positions(Taps.spatial(x), window.kernel(null));
        int[] out = x.clone();
        System.arraycopy(spatial, 0, out, 2, spatial.length);
        return out;
    }

    static int[] global(int[] x) {
        int[] out = x.clone();
        Arrays.fill(out, 2, out.length, 1);
        return out;
    }
}
