package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.Limits;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelMetadata.Port;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorShapeProto.Dimension;
import dev.lanewise.loaders.onnx.proto.Onnx.TypeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.ValueInfoProto;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Types and shapes of a graph's inputs and outputs as the file declares them. */
final class Ports {
    private Ports() {
    }

    /**
     * What is declared of an input. A named dimension is a symbol; one without name or number becomes a symbol called after
     * the input and its axis, such as {@code x.0}.
     */
    static Fact fact(ValueInfoProto info, Limits limits) {
        DataType type = type(info);
        TypeProto.Tensor tensor = info.getType().getTensorType();
        if (!tensor.hasShape()) {
            return Fact.unknown(type);
        }
        List<Dimension> dims = tensor.getShape().getDimList();
        if (dims.size() > limits.rank()) {
            throw error(info, "at most " + limits.rank() + " dimensions", Integer.toString(dims.size()),
                    "raise Limits.rank");
        }
        Dim[] shape = new Dim[dims.size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = dim(info, dims.get(i), i);
        }
        return Fact.of(type, shape);
    }

    private static Dim dim(ValueInfoProto info, Dimension dim, int axis) {
        if (dim.hasDimValue() && dim.getDimValue() != -1) {
            long value = dim.getDimValue();
            if (value < 0 || value > Integer.MAX_VALUE) {
                throw error(info, "dimensions in [0, 2^31)", Long.toString(value),
                        "correct the shape, or name the dimension");
            }
            return Dim.constant(value);
        }
        return Dim.symbol(dim.getDimParam().isEmpty() ? info.getName() + "." + axis : dim.getDimParam());
    }

    static DataType type(ValueInfoProto info) {
        return switch (info.getType().getValueCase()) {
            case TENSOR_TYPE -> ElementTypes.of(info.getType().getTensorType().getElemType(), where(info));
            case VALUE_NOT_SET -> throw error(info, "a type", "none", "give it a type");
            default -> throw new UnsupportedModelException(null,
                    List.of("type "
                            + info.getType().getValueCase().name().toLowerCase(Locale.ROOT).replace("_type", "")));
        };
    }

    static Port port(String name, Fact fact) {
        return new Port(name, fact.type(),
                fact.hasShape() ? Arrays.stream(fact.shape()).map(Dim::toString).toList() : null);
    }

    static String where(ValueInfoProto info) {
        return "'" + ModelFormatException.printable(info.getName()) + "'";
    }

    static ModelFormatException error(ValueInfoProto info, String expected, String found, String advice) {
        return new ModelFormatException(null, where(info), expected, found, advice);
    }
}
