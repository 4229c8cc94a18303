package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import dev.lanewise.UnsupportedModelException;
import java.util.Arrays;
import java.util.List;

/** Element types by their numbers in the file. */
final class ElementTypes {
    private ElementTypes() {
    }

    /** What each number from 1 on stands for; null for what the engine does not have. */
    private static final DataType[] BY_NUMBER = {DataType.FLOAT, DataType.UINT8, DataType.INT8, DataType.UINT16,
        DataType.INT16, DataType.INT32, DataType.INT64, DataType.STRING, DataType.BOOL, DataType.FLOAT16,
        DataType.DOUBLE, DataType.UINT32, DataType.UINT64, null, null, DataType.BFLOAT16, DataType.FLOAT8E4M3FN,
        DataType.FLOAT8E4M3FNUZ, DataType.FLOAT8E5M2, DataType.FLOAT8E5M2FNUZ, DataType.UINT4, DataType.INT4,
        DataType.FLOAT4E2M1, DataType.FLOAT8E8M0, DataType.UINT2, DataType.INT2};
    private static final int COMPLEX64 = 14;

    static DataType of(int number, String where) {
        if (number < 1 || number > BY_NUMBER.length) {
            throw new ModelFormatException(null, where, "an element type in [1, 26]", Integer.toString(number),
                    "give the tensor a type");
        }
        DataType type = BY_NUMBER[number - 1];
        if (type == null) {
            throw new UnsupportedModelException(null,
                    List.of("type " + (number == COMPLEX64 ? "COMPLEX64" : "COMPLEX128")));
        }
        return type;
    }

    static int number(DataType type) {
        return Arrays.asList(BY_NUMBER).indexOf(type) + 1;
    }
}
