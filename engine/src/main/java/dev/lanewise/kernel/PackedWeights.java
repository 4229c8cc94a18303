package dev.lanewise.kernel;

import dev.lanewise.DeferredData;
import dev.lanewise.Tensor;
import java.util.List;

/**
 * A constant matrix {@code [k, n]} in panels of 32 columns, the right side of a product: panel p holds columns 32p … 32p+31, one
 * row of a panel after the other; missing columns are zero. A prefix of columns is a prefix of panels, a prefix of rows the start of
 * each.
 */
public sealed interface PackedWeights permits PackedMatrix, PackedInt8Matrix {
    int k();

    int n();

    /** Rows of a panel in the data: more than k where this is a prefix of a larger matrix. */
    int panelRows();

    /** The first rows and columns of this matrix: the same data, so a submodel of a smaller width costs no memory. */
    PackedWeights prefix(int rows, int columns);

    /** First element of a panel in the data. */
    int panelOffset(int panel);

    default int panels() {
        return (n() + PackedMatrix.PANEL - 1) / PackedMatrix.PANEL;
    }

    /** Bytes that a product reads: its rows of all its panels, the last one whole. */
    default long bytes() {
        return (long) k() * panels() * PackedMatrix.PANEL * (data() instanceof float[] ? Float.BYTES : Byte.BYTES);
    }

    /** Columns of a panel that are the matrix's own. */
    default int columns(int panel) {
        return Math.min(PackedMatrix.PANEL, n() - panel * PackedMatrix.PANEL);
    }

    /** Where the elements are: a {@code float[]} or {@code byte[]}. */
    Object data();

    /** Place of an element in the data. */
    private int at(int row, int column) {
        return panelOffset(column / PackedMatrix.PANEL) + row * PackedMatrix.PANEL + column % PackedMatrix.PANEL;
    }

    /** Copies matrices {@code [k, n0]}, {@code [k, n1]} … in, side by side, without bringing all their elements to memory. */
    default void fill(List<Tensor> parts) {
        int column = 0;
        for (Tensor part : parts) {
            int from = column;
            int width = part.dim(1);
            part.read((array, offset, first, count) -> put(array, offset, first, count, from, width));
            column += width;
        }
    }

    /** Elements from {@code first} on of a matrix that is {@code width} wide and starts at {@code column}. */
    private void put(Object from, int offset, int first, int count, int column, int width) {
        for (int i = 0; i < count;) {
            int row = (first + i) / width;
            int j = column + (first + i) % width;
            int run = Math.min(Math.min(count - i, column + width - j), PackedMatrix.PANEL - j % PackedMatrix.PANEL);
            System.arraycopy(from, offset + i, data(), at(row, j), run);
            i += run;
        }
    }

    /** The elements of columns {@code column} to {@code column + width - 1}, row after row, as they were before packing. */
    default DeferredData.Source columns(int column, int width) {
        return sink -> {
            Object row = data() instanceof float[] ? new float[width] : new byte[width];
            for (int i = 0; i < k(); i++) {
                for (int j = 0; j < width;) {
                    int run = Math.min(width - j, PackedMatrix.PANEL - (column + j) % PackedMatrix.PANEL);
                    System.arraycopy(data(), at(i, column + j), row, j, run);
                    j += run;
                }
                sink.take(row, 0, i * width, width);
            }
        };
    }

    /** The same of matrices that were packed side by side: the elements of one of them. */
    static DeferredData.Source part(PackedWeights all, List<Tensor> parts, int part) {
        int column = 0;
        for (int p = 0; p < part; p++) {
            column += parts.get(p).dim(1);
        }
        return all.columns(column, parts.get(part).dim(1));
    }
}
