package dev.lanewise.kernel;

import dev.lanewise.DeferredData;
import java.util.List;

/**
 * Weights in 4 or 8 bits with a scale for each group of rows of each column: {@code (code - zero) * scale}, rounded to a float as it
 * goes into the product. Panels of 32 columns as in {@link PackedMatrix}; a row of a panel is 32 bytes, or with 4 bits 16 of which
 * byte j holds column j in its low half and column j + 16 in its high half. Codes are signed.
 * The halves of a byte are not brought down to their values: the low one, at the upper end of an int, counts 2^28 times as much, the
 * high one, with zeros below it, 16 times. Zeros are multiplied and scales divided by as much, and as these are powers of two, each
 * weight has the bits of {@code (code - zero) * scale}.
 *
 * @param panelRows rows of a panel in the data, at least k
 * @param group rows that share a scale
 * @param scales 32 for each group of each panel, from {@link #scalesOffset} on
 * @param zeros laid out as scales, or null where all are 0
 */
public record PackedGroups(int k, int n, int panelRows, int bits, int group, byte[] data, float[] scales,
        float[] zeros) implements PackedWeights {
    private static final int PANEL = PackedMatrix.PANEL;
    /** Columns in the low halves of bytes. */
    private static final int HALF = PANEL / 2;
    private static final int FIRST = PackedInt8Matrix.FIRST;
    /** What shifts the low half of a byte to the upper end of an int. */
    public static final int LOW_SHIFT = 28;
    /** The high half of a byte, in an int. */
    public static final int HIGH_MASK = ~15;
    private static final float OF_LOW = 0x1p28f;
    private static final float OF_HIGH = 16;
    /** Divided by 2^28 it has to be a normal number. */
    private static final float SMALLEST_SCALE = 0x1p-96f;

    /** Packs matrices side by side; null where codes, groups or scales do not fit this form, or not one another. */
    public static PackedGroups pack(List<EncodedMatrix> parts) {
        EncodedMatrix like = parts.getFirst();
        int bits = bits(like);
        int group = group(like);
        int n = 0;
        boolean symmetric = true;
        for (EncodedMatrix m : parts) {
            if (m.isHalf() || m.axis() != 0 && m.scales().size() > 1 || bits(m) != bits || group(m) != group
                    || !hasNormalScales(m)) {
                return null;
            }
            n += m.columns();
            symmetric &= m.isSymmetric();
        }
        int k = like.rows();
        int columns = Math.multiplyExact((n + PANEL - 1) / PANEL, PANEL);
        byte[] data = new byte[FIRST + Math.multiplyExact(columns * bits / Byte.SIZE, k)];
        float[] scales = new float[PackedMatrix.FIRST + Math.multiplyExact(columns, Math.ceilDiv(k, group))];
        float[] zeros = symmetric ? null : new float[scales.length];
        PackedGroups packed = new PackedGroups(k, n, k, bits, group, data, scales, zeros);
        int column = 0;
        for (EncodedMatrix m : parts) {
            packed.put(m, column);
            column += m.columns();
        }
        return packed;
    }

    private static int bits(EncodedMatrix m) {
        return m.codes().type().bits() == 4 ? 4 : 8;
    }

    private static int group(EncodedMatrix m) {
        return Math.max(1, m.isHalf() || m.scales().size() == 1 ? m.rows() : m.block());
    }

    private static boolean hasNormalScales(EncodedMatrix m) {
        for (float scale : m.scales().floats()) {
            if (!(scale >= SMALLEST_SCALE && scale <= Float.MAX_VALUE)) {
                return false;
            }
        }
        return true;
    }

    private void put(EncodedMatrix m, int column) {
        int width = m.columns();
        m.codes().read((array, offset, first, count) -> {
            byte[] codes = (byte[]) array;
            for (int i = 0; i < count; i++) {
                int j = column + (first + i) % width;
                put((first + i) / width, j / PANEL, j % PANEL, m.signed(codes[offset + i]));
            }
        });
        for (int row = 0; row < k; row += group) {
            for (int j = 0; j < width; j++) {
                int from = m.scaleAt(row, j);
                int to = scalesOffset((column + j) / PANEL) + row / group * PANEL + (column + j) % PANEL;
                float factor = factor((column + j) % PANEL);
                scales[to] = m.scales().floats()[from] / factor;
                if (zeros != null) {
                    zeros[to] = m.zeroPoint(from) * factor;
                }
            }
        }
    }

    private void put(int row, int panel, int j, int code) {
        int at = rowAt(row, panel);
        if (bits == 8) {
            data[at + j] = (byte) code;
        } else {
            data[at + j % HALF] |= (byte) (j < HALF ? code & 15 : code << 4);
        }
    }

    /** First byte of a row of a panel. */
    public int rowAt(int row, int panel) {
        return panelOffset(panel) + row * rowBytes();
    }

    /** Bytes of a row of a panel. */
    public int rowBytes() {
        return PANEL * bits / Byte.SIZE;
    }

    private int groups() {
        return Math.ceilDiv(panelRows, group);
    }

    /** First scale of a panel. */
    public int scalesOffset(int panel) {
        return PackedMatrix.FIRST + panel * groups() * PANEL;
    }

    /** How much more than its value a code of column j of a panel counts. */
    private float factor(int j) {
        return bits == 8 ? 1 : j < HALF ? OF_LOW : OF_HIGH;
    }

    /** Element (row, column of the panel) as the float that it stands for. */
    public float element(int row, int panel, int j) {
        int at = rowAt(row, panel);
        int s = scalesOffset(panel) + row / group * PANEL + j;
        float code = bits == 8 ? data[at + j] : j < HALF ? data[at + j] << LOW_SHIFT : data[at + j - HALF] & HIGH_MASK;
        return (zeros == null ? code : code - zeros[s]) * scales[s];
    }

    /** The logarithm of the group to the base of 2, 31 where there is a single group; -1 where it is no power of 2. */
    public int groupShift() {
        return group >= k ? 31 : Integer.bitCount(group) == 1 ? Integer.numberOfTrailingZeros(group) : -1;
    }

    @Override
    public PackedGroups prefix(int rows, int columns) {
        return new PackedGroups(rows, columns, panelRows, bits, group, data, scales, zeros);
    }

    @Override
    public int panelOffset(int panel) {
        return FIRST + panel * panelRows * rowBytes();
    }

    @Override
    public long bytes() {
        long scaleBytes = (long) Math.ceilDiv(k, group) * PANEL * Float.BYTES * (zeros == null ? 1 : 2);
        return panels() * ((long) k * rowBytes() + scaleBytes);
    }

    /** The code of an element. */
    int code(int row, int column) {
        int at = rowAt(row, column / PANEL);
        int j = column % PANEL;
        return bits == 8 ? data[at + j] : j < HALF ? data[at + j] << 28 >> 28 : data[at + j - HALF] >> 4;
    }

    @Override
    public DeferredData.Source columns(int column, int width) {
        return sink -> {
            float[] row = new float[width];
            for (int i = 0; i < k; i++) {
                for (int j = 0; j < width; j++) {
                    row[j] = element(i, (column + j) / PANEL, (column + j) % PANEL);
                }
                sink.take(row, 0, i * width, width);
            }
        };
    }
}
