package dev.lanewise.fuzz;

import dev.lanewise.DataType;
import dev.lanewise.ModelMetadata.Port;
import dev.lanewise.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Inputs for a model of which nothing is known, as small as its shapes allow. */
final class SmallInputs {
    private static final int DIMENSION = 2;
    private static final int MOST_ELEMENTS = 1 << 16;

    private SmallInputs() {
    }

    /** Null where the model wants large inputs, or such as are not made here. */
    static Map<String, Tensor> of(List<Port> ports) {
        Random random = new Random(1);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (Port port : ports) {
            if (!port.type().isElement()) {
                return null;
            }
            int[] shape = shape(port.dims() == null ? List.of() : port.dims());
            if (shape == null) {
                return null;
            }
            inputs.put(port.name(), tensor(port.type(), shape, random));
        }
        return inputs;
    }

    private static int[] shape(List<String> dims) {
        int[] shape = new int[dims.size()];
        long elements = 1;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = dims.get(i).matches("\\d{1,9}") ? Integer.parseInt(dims.get(i)) : DIMENSION;
            elements *= shape[i];
            if (elements > MOST_ELEMENTS) {
                return null;
            }
        }
        return shape;
    }

    private static Tensor tensor(DataType type, int[] shape, Random random) {
        int size = Tensor.sizeOf(shape);
        Object array = type.storage().newArray(size);
        switch (array) {
            case float[] a -> {
                for (int i = 0; i < size; i++) {
                    a[i] = random.nextFloat() - 0.5f;
                }
            }
            case double[] a -> Arrays.setAll(a, i -> random.nextDouble() - 0.5);
            case long[] a -> Arrays.setAll(a, i -> random.nextInt(3));
            case int[] a -> Arrays.setAll(a, i -> random.nextInt(3));
            case short[] a -> {
                for (int i = 0; i < size; i++) {
                    a[i] = (short) random.nextInt(2);
                }
            }
            case byte[] a -> {
                for (int i = 0; i < size; i++) {
                    a[i] = (byte) random.nextInt(2);
                }
            }
            case String[] a -> Arrays.fill(a, "a b");
            default -> throw new IllegalStateException(type.toString());
        }
        return Tensor.of(type, array, shape);
    }
}
