package dev.lanewise.models.checkpoint;

import dev.lanewise.DataType;
import dev.lanewise.DeferredData;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.loaders.safetensors.Safetensors;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The tensors of a safetensors file as FLOAT constants of shapes that the architecture expects. Elements stay in the file until
 * they are packed; FLOAT16 and BFLOAT16 ones are widened on the way.
 */
final class Weights {
    /** A dimension that the file decides. */
    static final int ANY = -1;

    private final Safetensors file;
    /** Encoded matrices under their own names, without their parts. */
    private final Map<String, Tensor> tensors;
    private final Set<String> read = new HashSet<>();

    Weights(Safetensors file) {
        this.file = file;
        this.tensors = EncodedTensors.decoded(file);
    }

    /** The tensor of this name and shape. */
    Value constant(String name, int... shape) {
        Tensor stored = stored(name, shape);
        if (EncodedMatrix.of(stored) != null) {
            return Value.constant(name, stored);
        }
        return Value.constant(name, Tensor.deferred(DataType.FLOAT,
                new DeferredData(DataType.FLOAT, stored.size(), sink -> widen(stored, sink)), stored.shape()));
    }

    /** A matrix stored as {@code [rows, columns]}, as {@code [columns, rows]}. */
    Value transposed(String name, int rows, int columns) {
        Tensor stored = stored(name, rows, columns);
        EncodedMatrix encoded = EncodedMatrix.of(stored);
        if (encoded != null) {
            return Value.constant(name, encoded.transposed().tensor());
        }
        return Value.constant(name, Tensor.deferred(DataType.FLOAT,
                new DeferredData(DataType.FLOAT, stored.size(), sink -> transpose(stored, sink)), stored.dim(1),
                stored.dim(0)));
    }

    /** What follows a prefix and its dot in the names of tensors. */
    Set<String> below(String prefix) {
        return tensors.keySet().stream().filter(n -> n.startsWith(prefix + "."))
                .map(n -> n.substring(prefix.length() + 1)).collect(Collectors.toSet());
    }

    /** Number of rows of a matrix of so many columns. */
    int rows(String name, int columns) {
        return stored(name, ANY, columns).dim(0);
    }

    /** Number of columns of a matrix of so many rows. */
    int columns(String name, int rows) {
        return stored(name, rows, ANY).dim(1);
    }

    boolean has(String name) {
        return tensors.containsKey(name);
    }

    /** The elements of a small tensor, read now, as FLOAT. */
    Tensor floats(String name, int... shape) {
        Tensor stored = stored(name, shape);
        return Tensor.of(elements(stored), stored.shape());
    }

    /** Passes over a tensor that only training needs, where it is there. */
    void ignore(String name) {
        read.add(name);
    }

    /** Fails where the file has tensors that the architecture does not: then it is another one. */
    void checkAllRead() {
        for (String name : tensors.keySet()) {
            if (!read.contains(name)) {
                throw error(name, "tensors of the architecture alone", "a tensor that is none of them",
                        "check that config.json describes these weights");
            }
        }
    }

    ModelFormatException error(String name, String expected, String found, String advice) {
        return new ModelFormatException(file.source(), "tensor '" + ModelFormatException.printable(name) + "'",
                expected, found, advice);
    }

    private Tensor stored(String name, int... shape) {
        read.add(name);
        Tensor tensor = tensors.get(name);
        String expected = "FLOAT, FLOAT16 or BFLOAT16 elements " + text(shape);
        if (tensor == null) {
            throw error(name, expected, "no tensor of that name", "check that the file holds the whole model");
        }
        boolean fits = tensor.rank() == shape.length
                && switch (tensor.type()) {
                    case FLOAT, FLOAT16, BFLOAT16 -> true;
                    default -> false;
                };
        for (int d = 0; fits && d < shape.length; d++) {
            fits = tensor.dim(d) == shape[d] || shape[d] == ANY && tensor.dim(d) > 0;
        }
        if (!fits) {
            throw error(name, expected, tensor.toString(), "check that config.json describes these weights");
        }
        return tensor;
    }

    private static String text(int[] shape) {
        return Arrays.stream(shape).mapToObj(d -> d == ANY ? "any" : Integer.toString(d))
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static void widen(Tensor stored, DeferredData.Sink sink) {
        if (stored.type() == DataType.FLOAT) {
            stored.read(sink);
            return;
        }
        boolean half = stored.type() == DataType.FLOAT16;
        stored.read((part, offset, first, count) -> {
            short[] bits = (short[]) part;
            float[] wide = new float[count];
            for (int i = 0; i < count; i++) {
                wide[i] = half ? Float.float16ToFloat(bits[offset + i]) : Float.intBitsToFloat(bits[offset + i] << 16);
            }
            sink.take(wide, 0, first, count);
        });
    }

    private static float[] elements(Tensor stored) {
        float[] all = new float[stored.size()];
        widen(stored, (part, offset, first, count) -> System.arraycopy(part, offset, all, first, count));
        return all;
    }

    private static void transpose(Tensor stored, DeferredData.Sink sink) {
        int rows = stored.dim(0);
        int columns = stored.dim(1);
        float[] from = elements(stored);
        float[] to = new float[from.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                to[c * rows + r] = from[r * columns + c];
            }
        }
        sink.take(to, 0, 0, to.length);
    }
}
