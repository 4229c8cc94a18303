package dev.lanewise.op.elementwise;

/** Whether each element is NaN. ONNX IsNaN-20. */
public record IsNaN() implements FloatTest {
    @Override
    public boolean test(double v) {
        return Double.isNaN(v);
    }
}
