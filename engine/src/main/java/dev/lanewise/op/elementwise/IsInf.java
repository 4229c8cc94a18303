package dev.lanewise.op.elementwise;

/** Whether each element is an infinity of a sign that is asked for. ONNX IsInf-20. */
public record IsInf(boolean negative, boolean positive) implements FloatTest {
    @Override
    public boolean test(double v) {
        return negative && v == Double.NEGATIVE_INFINITY || positive && v == Double.POSITIVE_INFINITY;
    }
}
