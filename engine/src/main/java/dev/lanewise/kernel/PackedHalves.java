package dev.lanewise.kernel;

import dev.lanewise.DataType;
import dev.lanewise.DeferredData;
import dev.lanewise.Tensor;
import java.util.List;

/**
 * Weights as 16-bit floats in the layout of {@link PackedMatrix}, which become FLOAT on their way into the product, exactly.
 *
 * @param type FLOAT16 or BFLOAT16
 * @param panelRows rows of a panel in the data, at least k
 */
public record PackedHalves(DataType type, int k, int n, int panelRows, short[] data) implements PackedWeights {
    private static final int FIRST = 24;

    /** Packs matrices {@code [k, n0]}, {@code [k, n1]} … of one type side by side. */
    public static PackedHalves pack(List<Tensor> parts) {
        int k = parts.getFirst().dim(0);
        int n = parts.stream().mapToInt(t -> t.dim(1)).sum();
        int panels = (n + PackedMatrix.PANEL - 1) / PackedMatrix.PANEL;
        short[] data = new short[FIRST + Math.multiplyExact(Math.multiplyExact(panels, PackedMatrix.PANEL), k)];
        PackedHalves packed = new PackedHalves(parts.getFirst().type(), k, n, k, data);
        packed.fill(parts);
        return packed;
    }

    /** Rows of a panel as floats. */
    void toFloats(int panel, int first, int rows, float[] y, int yOffset) {
        EncodedMatrix.halvesToFloats(type, data, panelOffset(panel) + first * PackedMatrix.PANEL, y, yOffset,
                rows * PackedMatrix.PANEL);
    }

    @Override
    public PackedHalves prefix(int rows, int columns) {
        return new PackedHalves(type, rows, columns, panelRows, data);
    }

    @Override
    public int panelOffset(int panel) {
        return FIRST + panel * panelRows * PackedMatrix.PANEL;
    }

    @Override
    public long bytes() {
        return (long) k * panels() * PackedMatrix.PANEL * Short.BYTES;
    }

    /** As they are, row after row. */
    DeferredData.Source halves(int column, int width) {
        return PackedWeights.super.columns(column, width);
    }

    @Override
    public DeferredData.Source columns(int column, int width) {
        return sink -> {
            float[] row = new float[width];
            halves(column, width).read((array, offset, first, count) -> {
                EncodedMatrix.halvesToFloats(type, (short[]) array, offset, row, 0, count);
                sink.take(row, 0, first, count);
            });
        };
    }
}
