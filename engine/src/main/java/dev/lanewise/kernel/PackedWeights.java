package dev.lanewise.kernel;

import dev.lanewise.DataType;
import dev.lanewise.DeferredData;
import dev.lanewise.Tensor;
import java.util.List;
import java.util.Objects;

/**
 * A constant matrix {@code [k, n]} in panels of 32 columns, the right side of a product: panel p holds columns 32p … 32p+31, one
 * row of a panel after the other; missing columns are zero. A prefix of columns is a prefix of panels, a prefix of rows the start of
 * each.
 */
public sealed interface PackedWeights permits PackedMatrix, PackedInt8Matrix, PackedGroups, PackedHalves {
    /** Matrices {@code [k, n0]}, {@code [k, n1]} …, all FLOAT or all INT8, side by side: encoded where all of them are, in one way. */
    static PackedWeights pack(List<Tensor> parts) {
        if (parts.getFirst().type() == DataType.INT8) {
            return PackedInt8Matrix.pack(parts);
        }
        List<EncodedMatrix> encoded = parts.stream().map(EncodedMatrix::of).filter(Objects::nonNull).toList();
        if (encoded.size() == parts.size()) {
            List<Tensor> codes = encoded.stream().map(EncodedMatrix::codes).toList();
            DataType type = codes.getFirst().type();
            if (encoded.stream().allMatch(m -> m.isHalf() && m.codes().type() == type)) {
                return PackedHalves.pack(codes);
            }
            PackedGroups groups = PackedGroups.pack(encoded);
            if (groups != null) {
                return groups;
            }
        }
        return PackedMatrix.pack(parts);
    }

    /** A FLOAT matrix {@code [n, k]}, encoded or not. */
    static PackedWeights packTransposed(Tensor w) {
        EncodedMatrix m = EncodedMatrix.of(w);
        return m != null ? pack(List.of(m.transposed().tensor()))
                : PackedMatrix.pack(w.floats(), 0, w.dim(1), w.dim(0), true);
    }

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

    /** Where the elements are: a {@code float[]}, {@code short[]} or {@code byte[]}. */
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
            Object row = switch (data()) {
                case float[] f -> new float[width];
                case short[] h -> new short[width];
                default -> new byte[width];
            };
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

    /** The same of one matrix {@code [n, k]} that was transposed. */
    static DeferredData.Source transposed(PackedWeights all, Tensor w) {
        EncodedMatrix m = EncodedMatrix.of(w);
        return m != null && all instanceof PackedGroups groups ? m.heldIn((i, j) -> groups.code(j, i))
                : all.transposed();
    }

    /** The FLOAT elements of the transposed matrix {@code [n, k]}, row after row. */
    default DeferredData.Source transposed() {
        return sink -> {
            float[] all = new float[Math.multiplyExact(k(), n())];
            columns(0, n()).read((array, offset, first, count) -> {
                for (int i = 0; i < count; i++) {
                    all[(first + i) % n() * k() + (first + i) / n()] = ((float[]) array)[offset + i];
                }
            });
            sink.take(all, 0, 0, all.length);
        };
    }

    /**
     * The same of matrices that were packed side by side: the elements of one of them. Where it is encoded and packed as such, its codes
     * are let go of.
     */
    static DeferredData.Source part(PackedWeights all, List<Tensor> parts, int part) {
        int column = 0;
        for (int p = 0; p < part; p++) {
            column += parts.get(p).dim(1);
        }
        int from = column;
        EncodedMatrix m = EncodedMatrix.of(parts.get(part));
        return switch (all) {
            case PackedGroups groups when m != null -> m.heldIn((i, j) -> groups.code(i, from + j));
            case PackedHalves halves when m != null -> m.heldIn(halves.halves(from, m.columns()));
            default -> all.columns(from, parts.get(part).dim(1));
        };
    }
}
