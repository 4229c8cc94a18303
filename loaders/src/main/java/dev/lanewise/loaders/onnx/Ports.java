package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.Limits;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelMetadata.Port;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import java.util.Arrays;
import java.util.List;

/** Types and shapes of a graph's inputs and outputs as the file declares them. */
final class Ports {
    /** What ONNX's text form writes for a dimension without a name; some exporters write it into files, for several dimensions. */
    private static final String ANY = "?";

    private Ports() {
    }

    /**
     * What is declared of an input. A named dimension is a symbol; one without name or number becomes a symbol called after
     * the input and its axis, such as {@code x.0}.
     */
    static Fact fact(ValueInfoProto info, Limits limits) {
        ValueInfoProto element = info.element();
        if (element != null) {
            Fact inner = fact(element, limits);
            return info.isSequence() ? Fact.sequence(inner) : Fact.optional(inner);
        }
        DataType type = type(info);
        List<Message> dims = info.dims();
        if (dims == null) {
            return Fact.unknown(type);
        }
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

    private static Dim dim(ValueInfoProto info, Message dim, int axis) {
        if (dim.has(1) && dim.number(1) != -1) {
            long value = dim.number(1);
            if (value < 0 || value > Integer.MAX_VALUE) {
                throw error(info, "dimensions in [0, 2^31)", Long.toString(value),
                        "correct the shape, or name the dimension");
            }
            return Dim.constant(value);
        }
        String name = dim.text(2);
        return Dim.symbol(name.isEmpty() || name.equals(ANY) ? info.name() + "." + axis : name);
    }

    static DataType type(ValueInfoProto info) {
        if (info.element() != null) {
            type(info.element());
            return info.isSequence() ? DataType.SEQUENCE : DataType.OPTIONAL;
        }
        if (info.isTensor()) {
            return ElementTypes.of(info.elementType(), where(info));
        }
        if (info.otherType() == null) {
            throw error(info, "a type", "none", "give it a type");
        }
        throw new UnsupportedModelException(null, List.of("type " + info.otherType()));
    }

    static Port port(String name, Fact fact) {
        return new Port(name, fact.type(),
                fact.hasShape() ? Arrays.stream(fact.shape()).map(Dim::toString).toList() : null);
    }

    static String where(ValueInfoProto info) {
        return "'" + ModelFormatException.printable(info.name()) + "'";
    }

    static ModelFormatException error(ValueInfoProto info, String expected, String found, String advice) {
        return new ModelFormatException(null, where(info), expected, found, advice);
    }
}
