package dev.lanewise.models.checkpoint;

import dev.lanewise.DataType;
import dev.lanewise.DeferredData;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.loaders.safetensors.Safetensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Encoded matrices in safetensors, which has no type of 4 bits. A matrix {@code name} of shape [rows, columns] is a tensor of that
 * name with its codes, signed ones less their least, so that all count from 0: U8 [rows, columns], or of 4 bits U8 [rows,
 * ceil(columns/2)] with the first of two in the low half; {@code name.scales} F32, and {@code name.zero_points} U8 of the same shape. The
 * metadata has an entry {@code lanewise.encoding.name} with type, axis, block and number of columns, such as {@code int4 1 32 384}.
 */
final class EncodedTensors {
    private static final String ENTRY = "lanewise.encoding.";
    private static final String SCALES = ".scales";
    private static final String ZERO_POINTS = ".zero_points";
    private static final int PARTS = 4;

    private EncodedTensors() {
    }

    static void put(String name, EncodedMatrix m, Map<String, Tensor> tensors, Map<String, String> metadata) {
        DataType type = m.codes().type();
        if (m.isHalf()) {
            tensors.put(name, m.codes());
            return;
        }
        metadata.put(ENTRY + name,
                type.name().toLowerCase(Locale.ROOT) + " " + m.axis() + " " + m.block() + " " + m.columns());
        int columns = m.columns();
        boolean narrow = type.bits() == 4;
        int rowBytes = narrow ? (columns + 1) / 2 : columns;
        int least = least(type);
        byte[] codes = m.codes().bytes();
        byte[] stored = new byte[m.rows() * rowBytes];
        for (int i = 0; i < codes.length; i++) {
            int code = codes[i] - least;
            int column = i % columns;
            if (narrow) {
                stored[i / columns * rowBytes + column / 2] |= (byte) (column % 2 == 0 ? code & 15 : code << 4);
            } else {
                stored[i] = (byte) code;
            }
        }
        tensors.put(name, Tensor.of(DataType.UINT8, stored, m.rows(), rowBytes));
        tensors.put(name + SCALES, m.scales());
        if (m.zeroPoints() != null) {
            tensors.put(name + ZERO_POINTS, Tensor.of(DataType.UINT8, m.zeroPoints().bytes(), m.zeroPoints().shape()));
        }
    }

    private static int least(DataType type) {
        return type.isUnsigned() ? 0 : -(1 << type.bits() - 1);
    }

    /**
     * The tensors of a file with the encoded ones under their own names alone, as FLOAT constants.
     *
     * @throws ModelFormatException where an encoding is none, or does not fit its tensors
     */
    static Map<String, Tensor> decoded(Safetensors file) {
        Map<String, Tensor> all = new LinkedHashMap<>(file.tensors());
        file.metadata().forEach((key, value) -> {
            if (key.startsWith(ENTRY)) {
                String name = key.substring(ENTRY.length());
                all.put(name, matrix(file, name, value).tensor());
                all.remove(name + SCALES);
                all.remove(name + ZERO_POINTS);
            }
        });
        return all;
    }

    private static EncodedMatrix matrix(Safetensors file, String name, String entry) {
        String[] parts = entry.split(" ");
        DataType type = Arrays.stream(new DataType[] {DataType.INT4, DataType.UINT4, DataType.INT8, DataType.UINT8})
                .filter(t -> t.name().toLowerCase(Locale.ROOT).equals(parts[0])).findFirst().orElse(null);
        int axis = number(parts, 1);
        int block = number(parts, 2);
        int columns = number(parts, 3);
        Tensor codes = file.get(name);
        Tensor scales = file.get(name + SCALES);
        boolean known = type != null && parts.length == PARTS && (axis == 0 || axis == 1) && block > 0 && columns > 0;
        int rowBytes = known && type.bits() == 4 ? columns / 2 + columns % 2 : columns;
        boolean fits = known && codes.type() == DataType.UINT8 && codes.rank() == 2 && codes.dim(1) == rowBytes
                && codes.dim(0) > 0;
        int[] shape = fits ? new int[] {codes.dim(0), columns} : null;
        if (fits) {
            shape[axis] = Math.ceilDiv(shape[axis], block);
            fits = scales.type() == DataType.FLOAT && scales.hasShape(shape) && arePositive(scales);
        }
        Tensor zeroPoints = fits && type.isUnsigned() ? file.get(name + ZERO_POINTS) : null;
        if (!fits || zeroPoints != null && (zeroPoints.type() != DataType.UINT8 || !zeroPoints.hasShape(shape))) {
            throw new ModelFormatException(file.source(), "tensor '" + ModelFormatException.printable(name) + "'",
                    "codes and positive scales as " + ENTRY + " says: type axis block columns",
                    "'" + ModelFormatException.printable(entry) + "' with " + codes + " and " + scales,
                    "quantise the model again");
        }
        int rows = codes.dim(0);
        DeferredData unpacked = new DeferredData(type, Math.multiplyExact(rows, columns),
                sink -> sink.take(unpacked(codes, type, columns), 0, 0, rows * columns));
        return new EncodedMatrix(Tensor.deferred(type, unpacked, rows, columns), Tensor.of(scales.floats(), shape),
                zeroPoints == null ? null : Tensor.of(type, zeroPoints.bytes(), shape), axis, block);
    }

    private static boolean arePositive(Tensor scales) {
        for (float s : scales.floats()) {
            if (!(s > 0 && s < Float.POSITIVE_INFINITY)) {
                return false;
            }
        }
        return true;
    }

    private static int number(String[] parts, int i) {
        try {
            return i < parts.length ? Integer.parseInt(parts[i]) : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static byte[] unpacked(Tensor stored, DataType type, int columns) {
        byte[] from = stored.bytes();
        int rowBytes = stored.dim(1);
        byte[] codes = new byte[stored.dim(0) * columns];
        for (int i = 0; i < codes.length; i++) {
            int column = i % columns;
            int at = i / columns * rowBytes;
            int code = type.bits() != 4 ? from[at + column] & 255
                    : column % 2 == 0 ? from[at + column / 2] & 15 : from[at + column / 2] >> 4 & 15;
            codes[i] = (byte) (code + least(type));
        }
        return codes;
    }
}
