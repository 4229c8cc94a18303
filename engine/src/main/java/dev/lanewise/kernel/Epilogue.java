package dev.lanewise.kernel;

/**
 * What follows a matrix product, column by column: {@code activation(c * scale + bias)}.
 *
 * @param scale {@code [n]}, or null for 1
 * @param bias {@code [n]}, or null for 0
 * @param activation or null for none
 */
public record Epilogue(float[] scale, float[] bias, UnaryFunction activation) {
    public static final Epilogue NONE = new Epilogue(null, null, null);

    boolean isEmpty() {
        return scale == null && bias == null && activation == null;
    }
}
