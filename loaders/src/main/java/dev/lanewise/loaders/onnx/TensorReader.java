package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.Limits;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.loaders.file.RawData;
import dev.lanewise.loaders.file.RawElements;
import dev.lanewise.loaders.file.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Turns a TensorProto into a tensor, from whichever of its fields, or file beside the model, holds the elements. */
final class TensorReader {
    private final Limits limits;
    private final Budget budget;
    private final ExternalData external;

    TensorReader(Limits limits, Budget budget, ExternalData external) {
        this.limits = limits;
        this.budget = budget;
        this.external = external;
    }

    Limits limits() {
        return limits;
    }

    /** {@code where} names the tensor in errors. */
    Tensor read(TensorProto proto, String where) {
        DataType type = ElementTypes.of(proto.type(), where);
        int[] shape = shape(proto, where);
        int count = count(shape, where);
        if (proto.isSegment()) {
            throw new UnsupportedModelException(null, List.of("segmented tensor"));
        }
        int fields = fields(proto);
        if (proto.isExternal() ? fields != 0 : fields > 1 || fields == 0 && count > 0) {
            throw error(where, proto.isExternal() ? "no data beside the external data" : "data in one field",
                    "data in " + fields + " fields", "keep one");
        }
        long bytes = type == DataType.STRING ? stringBytes(proto) : TensorData.bytes(type, count);
        if (proto.isExternal()) {
            return type == DataType.STRING ? Tensor.of(strings(proto, count, where), shape)
                    : TensorData.tensor(externalData(proto, bytes, where), type, shape, where);
        }
        budget.take(bytes, where);
        if (type == DataType.STRING) {
            return Tensor.of(strings(proto, count, where), shape);
        }
        RawData raw = proto.raw() == null ? proto.packed(type) : proto.raw();
        if (raw == null) {
            budget.check(Math.multiplyExact((long) Long.BYTES, count), where);
            return Tensor.of(type, count == 0 ? type.storage().newArray(0) : typedData(proto, type, count, where),
                    shape);
        }
        if (raw.length() != bytes) {
            throw error(where,
                    bytes + " bytes of " + (proto.raw() == null ? "float_data or double_data" : "raw data") + " for "
                            + count + " elements of " + type,
                    raw.length() + " bytes", "give as many elements as the shape has");
        }
        return TensorData.tensor(raw, type, shape, where);
    }

    private int[] shape(TensorProto proto, String where) {
        if (proto.rank() > limits.rank()) {
            throw error(where, "at most " + limits.rank() + " dimensions", Integer.toString(proto.rank()),
                    "raise Limits.rank");
        }
        long[] dims = proto.dims();
        int[] shape = new int[dims.length];
        for (int i = 0; i < shape.length; i++) {
            if (dims[i] < 0 || dims[i] > Integer.MAX_VALUE) {
                throw error(where, "dimensions in [0, 2^31)", Long.toString(dims[i]), "correct the shape");
            }
            shape[i] = (int) dims[i];
        }
        return shape;
    }

    private static int count(int[] shape, String where) {
        try {
            return Tensor.sizeOf(shape);
        } catch (RuntimeException e) {
            throw new ModelFormatException(null, where, "at most 2^31 - 64 elements", java.util.Arrays.toString(shape),
                    "split the tensor", e);
        }
    }

    private static int fields(TensorProto p) {
        return (p.raw() == null ? 0 : 1) + (p.floatCount() > 0 ? 1 : 0) + (p.int32Count() > 0 ? 1 : 0)
                + (p.int64Count() > 0 ? 1 : 0) + (p.doubleCount() > 0 ? 1 : 0) + (p.uint64Count() > 0 ? 1 : 0)
                + (p.strings().isEmpty() ? 0 : 1);
    }

    private static long stringBytes(TensorProto proto) {
        long bytes = 0;
        for (byte[] s : proto.strings()) {
            bytes += 8L + s.length;
        }
        return bytes;
    }

    private static String[] strings(TensorProto proto, int count, String where) {
        if (proto.isExternal() || proto.strings().size() != count) {
            throw error(where, count + " elements in string_data", proto.isExternal() ? "external data"
                    : Integer.toString(proto.strings().size()), "give as many elements as the shape has");
        }
        String[] values = new String[count];
        for (int i = 0; i < count; i++) {
            try {
                values[i] = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(proto.strings().get(i)))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new ModelFormatException(null, where, "UTF-8 strings", "other bytes in element " + i,
                        "correct it", e);
            }
        }
        return values;
    }

    private RawData externalData(TensorProto proto, long bytes, String where) {
        try {
            ExternalData.Part part = external.find(proto.externalData(), where);
            if (part.length() >= 0 && part.length() != bytes) {
                throw error(where, bytes + " bytes of external data", Long.toString(part.length()),
                        "correct the length");
            }
            if (part.file().size() - part.offset() < bytes) {
                throw error(where, bytes + " bytes of external data from offset " + part.offset(),
                        (part.file().size() - part.offset()) + " bytes", "the data file is truncated");
            }
            budget.take(bytes, where);
            return new RawData.InFile(part.file(), part.offset(), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(where + ": " + e.getMessage(), e);
        }
    }

    private static Object typedData(TensorProto p, DataType type, int count, String where) {
        return switch (type) {
            case FLOAT -> {
                need(p.floatCount(), count, "float_data", where);
                long[] bits = p.floats();
                float[] values = new float[count];
                for (int i = 0; i < count; i++) {
                    values[i] = Float.intBitsToFloat((int) bits[i]);
                }
                yield values;
            }
            case DOUBLE -> {
                need(p.doubleCount(), count, "double_data", where);
                long[] bits = p.doubles();
                double[] values = new double[count];
                for (int i = 0; i < count; i++) {
                    values[i] = Double.longBitsToDouble(bits[i]);
                }
                yield values;
            }
            case INT64 -> {
                need(p.int64Count(), count, "int64_data", where);
                yield p.int64s();
            }
            case UINT64 -> {
                need(p.uint64Count(), count, "uint64_data", where);
                yield p.uint64s();
            }
            case UINT32 -> {
                need(p.uint64Count(), count, "uint64_data", where);
                long[] wide = p.uint64s();
                int[] values = new int[count];
                for (int i = 0; i < count; i++) {
                    if (wide[i] >>> 32 != 0) {
                        throw error(where, "elements that fit " + type, Long.toUnsignedString(wide[i]),
                                "correct the data");
                    }
                    values[i] = (int) wide[i];
                }
                yield values;
            }
            case INT32 -> {
                need(p.int32Count(), count, "int32_data", where);
                long[] wide = p.int32s();
                int[] values = new int[count];
                for (int i = 0; i < count; i++) {
                    values[i] = (int) wide[i];
                }
                yield values;
            }
            default -> narrow(p, type, count, where);
        };
    }

    /** Types of 16 bits and less: an int32 holds one element, or one byte of packed elements. */
    private static Object narrow(TensorProto p, DataType type, int count, String where) {
        int units = type.bits() < 8 ? (int) TensorData.bytes(type, count) : count;
        need(p.int32Count(), units, "int32_data", where);
        int width = Math.max(8, type.bits());
        boolean signed = type == DataType.INT8 || type == DataType.INT16;
        int lowest = signed ? -(1 << (width - 1)) : 0;
        int highest = (1 << (signed ? width - 1 : width)) - 1;
        long[] wide = p.int32s();
        short[] shorts = new short[width == 16 ? count : 0];
        byte[] packed = new byte[width == 16 ? 0 : units];
        for (int i = 0; i < units; i++) {
            int v = (int) wide[i];
            if (v < lowest || v > highest) {
                throw error(where, "elements that fit " + type, Integer.toString(v), "correct the data");
            }
            if (width == 16) {
                shorts[i] = (short) v;
            } else {
                packed[i] = (byte) v;
            }
        }
        if (width == 16) {
            return shorts;
        }
        byte[] values = new byte[count];
        RawElements.decode(ByteBuffer.wrap(packed), type, values, 0, count, where);
        return values;
    }

    private static void need(int found, int count, String field, String where) {
        if (found != count) {
            throw error(where, count + " elements in " + field, Integer.toString(found),
                    "give as many elements as the shape has, in the field of their type");
        }
    }

    private static ModelFormatException error(String where, String expected, String found, String advice) {
        return new ModelFormatException(null, where, expected, found, advice);
    }
}
