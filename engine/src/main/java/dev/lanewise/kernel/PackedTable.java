package dev.lanewise.kernel;

import dev.lanewise.DataType;

/**
 * An encoded matrix whose rows are read one by one, such as an embedding table. Codes of 4 bits lie two in a byte, the first in the low
 * half; wider ones as they are. The scales of a row lie side by side, one for each block of its elements.
 *
 * @param codes {@code byte[]}, or {@code short[]} for 16-bit floats
 * @param blocks scales of a row; 0 where one scale serves all rows
 * @param zeros as scales, or null where all are 0
 */
public record PackedTable(DataType type, int rows, int width, Object codes, int block, int blocks, float[] scales,
        float[] zeros) {
    /** Packs a matrix, whose codes are let go of where these are copies. Null where blocks lie across rows. */
    public static PackedTable pack(EncodedMatrix m) {
        int width = m.columns();
        DataType type = m.codes().type();
        if (m.isHalf()) {
            return new PackedTable(type, m.rows(), width, m.codes().array(), width, 0, null, null);
        }
        boolean one = m.scales().size() == 1;
        if (m.axis() == 0 && !one) {
            return null;
        }
        float[] zeros = m.isSymmetric() ? null : new float[m.scales().size()];
        for (int s = 0; zeros != null && s < zeros.length; s++) {
            zeros[s] = m.zeroPoint(s);
        }
        Object codes =
                type == DataType.INT8 ? m.codes().array() : new byte[Math.multiplyExact(m.rows(), bytes(type, width))];
        PackedTable packed = new PackedTable(type, m.rows(), width, codes, one ? width : m.block(),
                one ? 0 : m.scales().dim(1), m.scales().floats().clone(), zeros);
        if (type != DataType.INT8) {
            packed.put(m);
            m.heldIn((i, j) -> packed.code(packed.rowAt(i), j));
        }
        return packed;
    }

    private static int bytes(DataType type, int width) {
        return type.bits() == 4 ? (width + 1) / 2 : width;
    }

    private int rowAt(int row) {
        return row * bytes(type, width);
    }

    private void put(EncodedMatrix m) {
        byte[] to = (byte[]) codes;
        m.codes().read((array, offset, first, n) -> {
            for (int i = 0; i < n; i++) {
                int at = rowAt((first + i) / width);
                int column = (first + i) % width;
                int code = m.signed(((byte[]) array)[offset + i]);
                if (type.bits() == 4) {
                    to[at + column / 2] |= (byte) (column % 2 == 0 ? code & 15 : code << 4);
                } else {
                    to[at + column] = (byte) code;
                }
            }
        });
    }

    private int code(int at, int j) {
        byte[] bytes = (byte[]) codes;
        return type.bits() != 4 ? bytes[at + j] : j % 2 == 0 ? bytes[at + j / 2] << 28 >> 28 : bytes[at + j / 2] >> 4;
    }

    /** A row as floats: {@code (code - zero) * scale}. */
    public void read(int row, float[] y, int yOffset) {
        if (codes instanceof short[] halves) {
            EncodedMatrix.halvesToFloats(type, halves, row * width, y, yOffset, width);
            return;
        }
        int at = rowAt(row);
        for (int from = 0; from < width; from += block) {
            int s = blocks == 0 ? 0 : row * blocks + from / block;
            float zero = zeros == null ? 0 : zeros[s];
            for (int j = from; j < Math.min(width, from + block); j++) {
                y[yOffset + j] = (code(at, j) - zero) * scales[s];
            }
        }
    }
}
