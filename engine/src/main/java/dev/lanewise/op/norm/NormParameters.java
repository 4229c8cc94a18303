package dev.lanewise.op.norm;

import java.util.Set;

/** Which normalisation the parameters at one site of a checkpoint belong to, told by their names alone. */
public enum NormParameters {
    /** Scale and bias; statistics are computed from each token. */
    LAYER,
    /** Running mean and variance of a batch normalisation. */
    BATCH,
    /** A running second moment, and what its training smoothed gradients with. */
    UNIFIED,
    /** None of them. */
    NONE;

    /** @param names parameters and buffers below the site's prefix, as {@code weight} or {@code running_var} */
    public static NormParameters of(Set<String> names) {
        if (names.contains("running_mean")) {
            return names.contains("running_var") ? BATCH : NONE;
        }
        if (names.contains("running_var")) {
            return names.contains("ema_gz") || names.contains("buffer_x2") ? UNIFIED : NONE;
        }
        return names.contains("weight") && names.contains("bias") ? LAYER : NONE;
    }
}
