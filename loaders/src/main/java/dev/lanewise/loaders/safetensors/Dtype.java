package dev.lanewise.loaders.safetensors;

import dev.lanewise.DataType;

/**
 * Element types of the format, under the names that files have them by (safetensors 0.8).
 */
public enum Dtype {
    BOOL(8, DataType.BOOL),
    F4(4, DataType.FLOAT4E2M1),
    /** Of 6 bits; Lanewise has no such type, so only their bytes can be had. */
    F6_E2M3(6, null),
    F6_E3M2(6, null),
    U8(8, DataType.UINT8),
    I8(8, DataType.INT8),
    F8_E5M2(8, DataType.FLOAT8E5M2),
    F8_E4M3(8, DataType.FLOAT8E4M3FN),
    F8_E8M0(8, DataType.FLOAT8E8M0),
    F8_E4M3FNUZ(8, DataType.FLOAT8E4M3FNUZ),
    F8_E5M2FNUZ(8, DataType.FLOAT8E5M2FNUZ),
    I16(16, DataType.INT16),
    U16(16, DataType.UINT16),
    F16(16, DataType.FLOAT16),
    BF16(16, DataType.BFLOAT16),
    I32(32, DataType.INT32),
    U32(32, DataType.UINT32),
    F32(32, DataType.FLOAT),
    /** Pairs of F32, real part first: FLOAT with a last axis of two. */
    C64(64, null),
    F64(64, DataType.DOUBLE),
    I64(64, DataType.INT64),
    U64(64, DataType.UINT64);

    private final int bits;
    private final DataType type;

    Dtype(int bits, DataType type) {
        this.bits = bits;
        this.type = type;
    }

    /** Bits of an element. */
    public int bits() {
        return bits;
    }

    /** The same type elsewhere in Lanewise; null where there is none. */
    public DataType type() {
        return type;
    }

    /** Null where the format has no such name. */
    static Dtype of(String name) {
        for (Dtype d : values()) {
            if (d.name().equals(name)) {
                return d;
            }
        }
        return null;
    }

    /** Null where the format has no such type. */
    static Dtype of(DataType type) {
        for (Dtype d : values()) {
            if (d.type == type) {
                return d;
            }
        }
        return null;
    }
}
