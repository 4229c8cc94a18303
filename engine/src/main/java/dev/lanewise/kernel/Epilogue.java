package dev.lanewise.kernel;

/**
 * What follows a matrix product, column by column: {@code activation(c * scale + bias) + residualScale * residual}.
 *
 * @param scale {@code [n]}, or null for 1
 * @param bias {@code [n]}, or null for 0
 * @param activation or null for none
 * @param residualScale {@code [n]}, which a residual is multiplied by in one rounding with the sum, or null for 1
 */
public record Epilogue(float[] scale, float[] bias, UnaryFunction activation, float[] residualScale) {
    public static final Epilogue NONE = new Epilogue(null, null, null);

    /** One whose residual, if there is any, is added as it is. */
    public Epilogue(float[] scale, float[] bias, UnaryFunction activation) {
        this(scale, bias, activation, null);
    }

    public boolean isEmpty() {
        return scale == null && bias == null && activation == null;
    }
}
