package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import java.util.List;

/** Element types by their numbers in the file. */
final class ElementTypes {
    private ElementTypes() {
    }

    static DataType of(int number, String where) {
        TensorProto.DataType type = TensorProto.DataType.forNumber(number);
        if (type == null || type == TensorProto.DataType.UNDEFINED) {
            throw new ModelFormatException(null, where, "an element type in [1, 26]", Integer.toString(number),
                    "give the tensor a type");
        }
        return switch (type) {
            case COMPLEX64, COMPLEX128 -> throw new UnsupportedModelException(null, List.of("type " + type));
            default -> DataType.valueOf(type.name());
        };
    }

    static int number(DataType type) {
        return TensorProto.DataType.valueOf(type.name()).getNumber();
    }
}
