package dev.lanewise.kernel;

import dev.lanewise.DataType;
import dev.lanewise.DeferredData;
import dev.lanewise.Tensor;

/**
 * A constant FLOAT matrix in fewer bits: 16-bit floats, or integers of at most 8 bits that stand for
 * {@code (code - zeroPoint) * scale} with one scale and zero point for each block of elements along an axis (ONNX DequantizeLinear).
 *
 * @param codes {@code [rows, columns]}
 * @param scales FLOAT: {@code [ceil(rows/block), columns]} for axis 0, {@code [rows, ceil(columns/block)]} for axis 1, or a single one
 *        for all; null for 16-bit floats
 * @param zeroPoints of the type of codes and the shape of scales, or null for zeros
 * @param axis 0 or 1: along which the elements of a block lie
 * @param block elements in a block
 */
public record EncodedMatrix(Tensor codes, Tensor scales, Tensor zeroPoints, int axis, int block)
        implements
        DeferredData.Source {
    private static final int PART = 1 << 14;

    /** What a constant is encoded in; null where its elements are floats of their own. */
    public static EncodedMatrix of(Tensor t) {
        return t.deferred() != null && t.deferred().source() instanceof EncodedMatrix m ? m : null;
    }

    /** A FLOAT16 or BFLOAT16 matrix. */
    public static EncodedMatrix ofHalves(Tensor halves) {
        return new EncodedMatrix(halves, null, null, 0, halves.dim(0));
    }

    /** Whether integers of this type can be codes. */
    public static boolean isCode(DataType type) {
        return type.isInteger() && type.storage() == DataType.Storage.BYTES;
    }

    /** The matrix as a FLOAT constant, whose elements are computed when they are asked for. */
    public Tensor tensor() {
        return Tensor.deferred(DataType.FLOAT, new DeferredData(DataType.FLOAT, codes.size(), this), codes.shape());
    }

    public int rows() {
        return codes.dim(0);
    }

    public int columns() {
        return codes.dim(1);
    }

    public boolean isHalf() {
        return scales == null;
    }

    /** Place of an element's scale among the scales. */
    public int scaleAt(int row, int column) {
        if (scales.size() == 1) {
            return 0;
        }
        return axis == 0 ? row / block * columns() + column : row * scales.dim(1) + column / block;
    }

    /** Where the zero point of a code lies for codes that are {@link #signed}: 0 in the middle of their range. */
    public int zeroPoint(int at) {
        return zeroPoints == null ? -middle() : signed(zeroPoints.bytes()[at]);
    }

    /** A code of this type as a signed number: unsigned types less the middle of their range. */
    public int signed(byte code) {
        DataType type = codes.type();
        return type.isUnsigned() ? (code & (1 << type.bits()) - 1) - middle() : code;
    }

    private int middle() {
        DataType type = codes.type();
        return type.isUnsigned() ? 1 << type.bits() - 1 : 0;
    }

    /** Whether no zero point differs from the middle of the codes' range. */
    public boolean isSymmetric() {
        for (int s = 0; s < scales.size(); s++) {
            if (zeroPoint(zeroPoints == null ? 0 : s) != 0) {
                return false;
            }
        }
        return true;
    }

    /** The other way round: the code of this type for a signed number. */
    private byte unsigned(int code) {
        return (byte) (code + middle());
    }

    /** A code, signed, by its row and column. */
    interface SignedCodes {
        int at(int row, int column);
    }

    /** Lets go of the codes: who asks for them again gets them out of the form that they were packed to. */
    EncodedMatrix heldIn(SignedCodes packed) {
        return heldIn(sink -> {
            byte[] row = new byte[columns()];
            for (int i = 0; i < rows(); i++) {
                for (int j = 0; j < row.length; j++) {
                    row[j] = unsigned(packed.at(i, j));
                }
                sink.take(row, 0, i * row.length, row.length);
            }
        });
    }

    EncodedMatrix heldIn(DeferredData.Source source) {
        if (codes.deferred() != null) {
            codes.deferred().release(source);
        }
        return this;
    }

    /** Columns as rows. */
    public EncodedMatrix transposed() {
        return new EncodedMatrix(transposed(codes), scales == null ? null : transposed(scales),
                zeroPoints == null ? null : transposed(zeroPoints), 1 - axis, block);
    }

    /** Some of the columns; null where a block holds elements of several columns. */
    public EncodedMatrix columns(int first, int count) {
        if (axis == 1 && scales != null && scales.size() > 1) {
            return null;
        }
        return new EncodedMatrix(columns(codes, first, count), columns(scales, first, count),
                columns(zeroPoints, first, count), axis, block);
    }

    private static Tensor columns(Tensor t, int first, int count) {
        if (t == null || t.size() == 1) {
            return t;
        }
        int columns = t.dim(1);
        int rows = t.dim(0);
        Object from = t.array();
        Object to = t.type().storage().newArray(rows * count);
        for (int row = 0; row < rows; row++) {
            System.arraycopy(from, row * columns + first, to, row * count, count);
        }
        return Tensor.of(t.type(), to, rows, count).asDeferred();
    }

    private static Tensor transposed(Tensor t) {
        if (t.rank() != 2) {
            return t;
        }
        int rows = t.dim(0);
        int columns = t.dim(1);
        Object to = t.type().storage().newArray(t.size());
        t.read((array, offset, first, count) -> {
            for (int i = 0; i < count; i++) {
                int at = (first + i) % columns * rows + (first + i) / columns;
                switch (array) {
                    case byte[] a -> ((byte[]) to)[at] = a[offset + i];
                    case short[] a -> ((short[]) to)[at] = a[offset + i];
                    case float[] a -> ((float[]) to)[at] = a[offset + i];
                    default -> throw new IllegalStateException(t.type() + " in an encoded matrix");
                }
            }
        });
        return Tensor.of(t.type(), to, columns, rows).asDeferred();
    }

    @Override
    public boolean settle() {
        for (Tensor part : new Tensor[] {codes, scales, zeroPoints}) {
            if (part != null && part.deferred() != null) {
                part.deferred().settle();
            }
        }
        return true;
    }

    @Override
    public void read(DeferredData.Sink sink) {
        float[] part = new float[Math.min(PART, codes.size())];
        codes.read((array, offset, first, count) -> {
            for (int from = 0; from < count; from += PART) {
                int n = Math.min(PART, count - from);
                decode(array, offset + from, first + from, n, part);
                sink.take(part, 0, first + from, n);
            }
        });
    }

    private void decode(Object array, int offset, int first, int n, float[] to) {
        switch (array) {
            case byte[] bytes -> {
                int columns = columns();
                for (int i = 0; i < n; i++) {
                    int at = scaleAt((first + i) / columns, (first + i) % columns);
                    to[i] = (signed(bytes[offset + i]) - zeroPoint(at)) * scales.floats()[at];
                }
            }
            case short[] shorts -> halvesToFloats(codes.type(), shorts, offset, to, 0, n);
            default -> throw new IllegalStateException(codes.type() + " in an encoded matrix");
        }
    }

    /** FLOAT16 or BFLOAT16 as FLOAT, exactly. Plain loops: the JVM makes vector code of both. */
    public static void halvesToFloats(DataType type, short[] x, int xOffset, float[] y, int yOffset, int n) {
        if (type == DataType.FLOAT16) {
            for (int i = 0; i < n; i++) {
                y[yOffset + i] = Float.float16ToFloat(x[xOffset + i]);
            }
        } else {
            for (int i = 0; i < n; i++) {
                y[yOffset + i] = Float.intBitsToFloat(x[xOffset + i] << 16);
            }
        }
    }
}
