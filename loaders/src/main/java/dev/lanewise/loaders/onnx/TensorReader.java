package dev.lanewise.loaders.onnx;

import com.google.protobuf.ByteString;
import dev.lanewise.DataType;
import dev.lanewise.Limits;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Turns a TensorProto into a tensor, from whichever of its fields, or file beside the model, holds the elements. */
final class TensorReader {
    private static final int CHUNK = 1 << 20;

    private final Limits limits;
    private final Budget budget;
    private final ExternalData external;

    TensorReader(Limits limits, Budget budget, ExternalData external) {
        this.limits = limits;
        this.budget = budget;
        this.external = external;
    }

    /** {@code where} names the tensor in errors. */
    Tensor read(TensorProto proto, String where) {
        DataType type = ElementTypes.of(proto.getDataType(), where);
        int[] shape = shape(proto, where);
        int count = count(shape, where);
        if (proto.hasSegment()) {
            throw new UnsupportedModelException(null, List.of("segmented tensor"));
        }
        boolean isExternal = proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
        int fields = fields(proto);
        if (isExternal ? fields != 0 : fields > 1 || fields == 0 && count > 0) {
            throw error(where, isExternal ? "no data beside the external data" : "data in one field",
                    "data in " + fields
                            + " fields",
                    "keep one");
        }
        long bytes = type == DataType.STRING ? stringBytes(proto) : bytes(type, count);
        if (!isExternal) {
            budget.take(bytes, where);
        }
        if (type == DataType.STRING) {
            return Tensor.of(strings(proto, count, isExternal, where), shape);
        }
        Object data;
        if (isExternal) {
            data = externalData(proto, type, count, bytes, where);
        } else if (count == 0) {
            data = type.storage().newArray(0);
        } else if (!proto.getRawData().isEmpty()) {
            data = rawData(proto.getRawData(), type, count, bytes, where);
        } else {
            data = typedData(proto, type, count, where);
        }
        return Tensor.of(type, data, shape);
    }

    private int[] shape(TensorProto proto, String where) {
        if (proto.getDimsCount() > limits.rank()) {
            throw error(where, "at most " + limits.rank() + " dimensions", Integer.toString(proto.getDimsCount()),
                    "raise Limits.rank");
        }
        int[] shape = new int[proto.getDimsCount()];
        for (int i = 0; i < shape.length; i++) {
            long d = proto.getDims(i);
            if (d < 0 || d > Integer.MAX_VALUE) {
                throw error(where, "dimensions in [0, 2^31)", Long.toString(d), "correct the shape");
            }
            shape[i] = (int) d;
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
        return (p.getRawData().isEmpty() ? 0 : 1) + (p.getFloatDataCount() > 0 ? 1 : 0)
                + (p.getInt32DataCount() > 0 ? 1 : 0)
                + (p.getInt64DataCount() > 0 ? 1 : 0) + (p.getDoubleDataCount() > 0 ? 1 : 0)
                + (p.getUint64DataCount() > 0 ? 1 : 0) + (p.getStringDataCount() > 0 ? 1 : 0);
    }

    /** Bytes of {@code count} elements in a file; several elements narrower than a byte share one. */
    private static long bytes(DataType type, long count) {
        return (count * type.bits() + 7) / 8;
    }

    private static long stringBytes(TensorProto proto) {
        return proto.getStringDataList().stream().mapToLong(s -> 8L + s.size()).sum();
    }

    private static String[] strings(TensorProto proto, int count, boolean isExternal, String where) {
        if (isExternal || proto.getStringDataCount() != count) {
            throw error(where, count + " elements in string_data", isExternal ? "external data"
                    : Integer.toString(proto.getStringDataCount()), "give as many elements as the shape has");
        }
        String[] values = new String[count];
        for (int i = 0; i < count; i++) {
            try {
                values[i] = proto.getStringData(i).asReadOnlyByteBuffer().remaining() == 0 ? ""
                        : java.nio.charset.StandardCharsets.UTF_8.newDecoder()
                                .decode(proto.getStringData(i).asReadOnlyByteBuffer())
                                .toString();
            } catch (CharacterCodingException e) {
                throw new ModelFormatException(null, where, "UTF-8 strings", "other bytes in element " + i,
                        "correct it", e);
            }
        }
        return values;
    }

    private Object externalData(TensorProto proto, DataType type, int count, long bytes, String where) {
        try (ExternalData.Part part = external.open(proto.getExternalDataList(), where)) {
            if (part.length() >= 0 && part.length() != bytes) {
                throw error(where, bytes + " bytes of external data", Long.toString(part.length()),
                        "correct the length");
            }
            if (part.channel().size() - part.offset() < bytes) {
                throw error(where, bytes + " bytes of external data from offset " + part.offset(),
                        (part.channel().size() - part.offset()) + " bytes", "the data file is truncated");
            }
            budget.take(bytes, where);
            Object data = type.storage().newArray(count);
            ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK, bytes)).order(ByteOrder.LITTLE_ENDIAN);
            int done = 0;
            for (long at = 0; at < bytes; at += chunk.limit()) {
                chunk.clear().limit((int) Math.min(CHUNK, bytes - at));
                while (chunk.hasRemaining()) {
                    if (part.channel().read(chunk, part.offset() + at + chunk.position()) < 0) {
                        throw error(where, bytes + " bytes of external data", "the end of the file", "the file shrank");
                    }
                }
                done += RawElements.decode(chunk.flip(), type, data, done, count, where);
            }
            return data;
        } catch (IOException e) {
            throw new UncheckedIOException(where + ": " + e.getMessage(), e);
        }
    }

    private static Object rawData(ByteString raw, DataType type, int count, long bytes, String where) {
        if (raw.size() != bytes) {
            throw error(where, bytes + " bytes of raw data for " + count + " elements of " + type,
                    raw.size() + " bytes",
                    "give as many elements as the shape has");
        }
        Object data = type.storage().newArray(count);
        RawElements.decode(raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN), type, data, 0, count, where);
        return data;
    }

    private static Object typedData(TensorProto p, DataType type, int count, String where) {
        return switch (type) {
            case FLOAT -> {
                need(p.getFloatDataCount(), count, "float_data", where);
                float[] values = new float[count];
                for (int i = 0; i < count; i++) {
                    values[i] = p.getFloatData(i);
                }
                yield values;
            }
            case DOUBLE -> {
                need(p.getDoubleDataCount(), count, "double_data", where);
                double[] values = new double[count];
                for (int i = 0; i < count; i++) {
                    values[i] = p.getDoubleData(i);
                }
                yield values;
            }
            case INT64 -> {
                need(p.getInt64DataCount(), count, "int64_data", where);
                long[] values = new long[count];
                for (int i = 0; i < count; i++) {
                    values[i] = p.getInt64Data(i);
                }
                yield values;
            }
            case UINT64 -> {
                need(p.getUint64DataCount(), count, "uint64_data", where);
                long[] values = new long[count];
                for (int i = 0; i < count; i++) {
                    values[i] = p.getUint64Data(i);
                }
                yield values;
            }
            case UINT32 -> {
                need(p.getUint64DataCount(), count, "uint64_data", where);
                int[] values = new int[count];
                for (int i = 0; i < count; i++) {
                    long v = p.getUint64Data(i);
                    if (v >>> 32 != 0) {
                        throw error(where, "elements that fit " + type, Long.toUnsignedString(v), "correct the data");
                    }
                    values[i] = (int) v;
                }
                yield values;
            }
            case INT32 -> {
                need(p.getInt32DataCount(), count, "int32_data", where);
                int[] values = new int[count];
                for (int i = 0; i < count; i++) {
                    values[i] = p.getInt32Data(i);
                }
                yield values;
            }
            default -> narrow(p, type, count, where);
        };
    }

    /** Types of 16 bits and less: an int32 holds one element, or one byte of packed elements. */
    private static Object narrow(TensorProto p, DataType type, int count, String where) {
        int units = type.bits() < 8 ? (int) bytes(type, count) : count;
        need(p.getInt32DataCount(), units, "int32_data", where);
        int width = Math.max(8, type.bits());
        boolean signed = type == DataType.INT8 || type == DataType.INT16;
        int lowest = signed ? -(1 << (width - 1)) : 0;
        int highest = (1 << (signed ? width - 1 : width)) - 1;
        IntUnaryOperator checked = i -> {
            int v = p.getInt32Data(i);
            if (v < lowest || v > highest) {
                throw error(where, "elements that fit " + type, Integer.toString(v), "correct the data");
            }
            return v;
        };
        if (width == 16) {
            short[] values = new short[count];
            for (int i = 0; i < count; i++) {
                values[i] = (short) checked.applyAsInt(i);
            }
            return values;
        }
        byte[] packed = new byte[units];
        for (int i = 0; i < units; i++) {
            packed[i] = (byte) checked.applyAsInt(i);
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
