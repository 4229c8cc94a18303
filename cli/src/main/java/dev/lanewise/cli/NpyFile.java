package dev.lanewise.cli;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * Single tensors in NumPy's format: {@code \x93NUMPY}, version (two bytes), length of the header, the header as a Python
 * dictionary padded with spaces, the elements. See the module {@code numpy.lib.format} of NumPy's reference.
 */
final class NpyFile {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int LONGEST_HEADER = 1 << 20;
    /** The elements start at a multiple of this. */
    private static final int ALIGNMENT = 64;
    private static final int CHUNK = 1 << 16;

    private static final Map<DataType, String> CODES = Map.ofEntries(Map.entry(DataType.FLOAT, "f4"),
            Map.entry(DataType.DOUBLE, "f8"), Map.entry(DataType.FLOAT16, "f2"), Map.entry(DataType.INT64, "i8"),
            Map.entry(DataType.INT32, "i4"), Map.entry(DataType.INT16, "i2"), Map.entry(DataType.INT8, "i1"),
            Map.entry(DataType.UINT64, "u8"), Map.entry(DataType.UINT32, "u4"), Map.entry(DataType.UINT16, "u2"),
            Map.entry(DataType.UINT8, "u1"), Map.entry(DataType.BOOL, "b1"));

    private NpyFile() {
    }

    /** Whether the format has this element type. */
    static boolean canHold(DataType type) {
        return CODES.containsKey(type);
    }

    /**
     * Reads a file of version 1.0, 2.0 or 3.0, either byte order, C or Fortran element order (the tensor is in C order).
     *
     * @throws ModelFormatException where the file is broken or has elements of another kind
     */
    static Tensor read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return read(new DataInputStream(in), Files.size(file));
        } catch (ModelFormatException e) {
            throw e.in(file.toString());
        }
    }

    private static Tensor read(DataInputStream in, long fileSize) throws IOException {
        byte[] start = in.readNBytes(8);
        if (start.length < 8 || !Arrays.equals(MAGIC, Arrays.copyOf(start, MAGIC.length))) {
            throw error("start", "a NumPy file (.npy)", "another one", "save it with numpy.save");
        }
        int version = start[6];
        if (version < 1 || version > 3) {
            throw error("start", "version 1, 2 or 3", "version " + version, "save it with numpy.save");
        }
        int lengthBytes = version == 1 ? 2 : 4;
        byte[] length = in.readNBytes(lengthBytes);
        long headerLength = 0;
        for (int i = length.length - 1; i >= 0; i--) {
            headerLength = headerLength << 8 | length[i] & 0xFF;
        }
        if (length.length < lengthBytes || headerLength > Math.min(LONGEST_HEADER, fileSize)) {
            throw error("header", "at most " + LONGEST_HEADER + " bytes, within the file", headerLength + " bytes",
                    "the file is truncated or broken");
        }
        byte[] header = in.readNBytes((int) headerLength);
        if (header.length < headerLength) {
            throw error("header", headerLength + " bytes", header.length + " bytes", "the file is truncated");
        }
        NpyHeader parsed = NpyHeader.parse(
                new String(header, version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1));
        return elements(in, parsed, fileSize - 8 - lengthBytes - headerLength);
    }

    private static Tensor elements(InputStream in, NpyHeader header, long available) throws IOException {
        DataType type = null;
        for (Map.Entry<DataType, String> e : CODES.entrySet()) {
            type = e.getValue().equals(header.code()) ? e.getKey() : type;
        }
        if (type == null) {
            throw error("dtype", "one of " + CODES.values().stream().sorted().toList(), header.code(),
                    "convert it with numpy.ndarray.astype");
        }
        long size = Tensor.sizeOf(header.shape());
        int bytes = type.storage().bytes();
        if (size * bytes != available) {
            throw error("data", size * bytes + " bytes for shape " + Arrays.toString(header.shape()),
                    available + " bytes", "the file is truncated or broken");
        }
        Object array = type.storage().newArray((int) size);
        byte[] chunk = new byte[CHUNK];
        for (long done = 0; done < size;) {
            int count = (int) Math.min(CHUNK / bytes, size - done);
            if (in.readNBytes(chunk, 0, count * bytes) < count * bytes) {
                throw error("data", size * bytes + " bytes", "an earlier end", "the file is truncated");
            }
            get(ByteBuffer.wrap(chunk).order(header.order()), array, (int) done, count);
            done += count;
        }
        if (type == DataType.BOOL) {
            byte[] truth = (byte[]) array;
            for (int i = 0; i < truth.length; i++) {
                truth[i] = (byte) (truth[i] == 0 ? 0 : 1);
            }
        }
        Tensor read = Tensor.of(type, array, header.shape());
        return header.fortranOrder() ? cOrder(read) : read;
    }

    private static void get(ByteBuffer from, Object array, int at, int count) {
        switch (array) {
            case float[] a -> from.asFloatBuffer().get(a, at, count);
            case double[] a -> from.asDoubleBuffer().get(a, at, count);
            case long[] a -> from.asLongBuffer().get(a, at, count);
            case int[] a -> from.asIntBuffer().get(a, at, count);
            case short[] a -> from.asShortBuffer().get(a, at, count);
            case byte[] a -> from.get(a, at, count);
            default -> throw new IllegalStateException(array.getClass().toString());
        }
    }

    private static void put(ByteBuffer to, Object array, int at, int count) {
        switch (array) {
            case float[] a -> to.asFloatBuffer().put(a, at, count);
            case double[] a -> to.asDoubleBuffer().put(a, at, count);
            case long[] a -> to.asLongBuffer().put(a, at, count);
            case int[] a -> to.asIntBuffer().put(a, at, count);
            case short[] a -> to.asShortBuffer().put(a, at, count);
            case byte[] a -> to.put(a, at, count);
            default -> throw new IllegalStateException(array.getClass().toString());
        }
    }

    /** Fortran order has the first index run fastest. */
    private static Tensor cOrder(Tensor t) {
        int[] shape = t.shape();
        int[] index = new int[shape.length];
        Object from = t.array();
        Object to = t.type().storage().newArray(t.size());
        for (int i = 0; i < t.size(); i++) {
            int at = 0;
            for (int d = 0; d < shape.length; d++) {
                at = at * shape[d] + index[d];
            }
            System.arraycopy(from, i, to, at, 1);
            for (int d = 0; d < shape.length && ++index[d] == shape[d]; d++) {
                index[d] = 0;
            }
        }
        return Tensor.of(t.type(), to, shape);
    }

    /** Writes version 1.0, little endian, C order. */
    static void write(Path file, Tensor tensor) throws IOException {
        String code = CODES.get(tensor.type());
        if (code == null) {
            throw new InvalidInputException(file.toString(), "a type that NumPy files can hold",
                    tensor.type().toString(), "write it as .pb");
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            out.write(header((code.endsWith("1") ? "|" : "<") + code, tensor.shape()));
            int bytes = tensor.type().storage().bytes();
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
            for (int done = 0; done < tensor.size();) {
                int count = Math.min(CHUNK / bytes, tensor.size() - done);
                put(chunk.clear(), tensor.array(), done, count);
                out.write(chunk.array(), 0, count * bytes);
                done += count;
            }
        }
    }

    private static byte[] header(String code, int[] shape) {
        String tuple = shape.length == 0 ? "()"
                : shape.length == 1 ? "(" + shape[0] + ",)"
                : Arrays.toString(shape).replace('[', '(').replace(']', ')');
        String text = "{'descr': '" + code + "', 'fortran_order': False, 'shape': " + tuple + ", }";
        int unpadded = MAGIC.length + 4 + text.length() + 1;
        text += " ".repeat(Math.floorMod(-unpadded, ALIGNMENT)) + "\n";
        ByteBuffer out = ByteBuffer.allocate(MAGIC.length + 4 + text.length()).order(ByteOrder.LITTLE_ENDIAN);
        return out.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) text.length())
                .put(text.getBytes(StandardCharsets.ISO_8859_1)).array();
    }

    static ModelFormatException error(String where, String expected, String found, String advice) {
        return new ModelFormatException(null, where, expected, found, advice);
    }
}
