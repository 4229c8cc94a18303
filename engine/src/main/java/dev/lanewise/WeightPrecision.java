package dev.lanewise;

import dev.lanewise.op.quant.WeightFormat;

/**
 * In what form the weights of a model are kept and multiplied: those of linear layers, and embedding tables, whose rows are encoded
 * as outputs are. Activations and sums stay FLOAT.
 */
public enum WeightPrecision {
    /** As the model file has them. */
    AS_STORED(null),
    /**
     * FLOAT weights as signed bytes with a scale for each output channel: a quarter of the memory and of its traffic. Each weight is off
     * by at most 1/254 of the largest of its channel.
     */
    INT8(WeightFormat.INT8),
    /** Signed bytes with a scale for each 32 weights of a sum. */
    INT8_GROUP32(new WeightFormat(DataType.INT8, 32)),
    /** 4 bits with a scale for each 32 weights of a sum: a sixth of the memory. Each weight is off by at most 1/14 of the largest of its group. */
    INT4_GROUP32(new WeightFormat(DataType.INT4, 32)),
    /** The same for each 64. */
    INT4_GROUP64(new WeightFormat(DataType.INT4, 64)),
    /** The same for each 128. */
    INT4_GROUP128(new WeightFormat(DataType.INT4, 128)),
    /** 4 bits with a scale and a zero point for each 32 weights of a sum: each weight is off by at most 1/30 of its group's range. */
    UINT4_GROUP32(new WeightFormat(DataType.UINT4, 32)),
    /** IEEE 754 half precision. */
    FLOAT16(WeightFormat.FLOAT16),
    /** The upper halves of FLOAT, rounded to even. */
    BFLOAT16(WeightFormat.BFLOAT16);

    private final WeightFormat format;

    WeightPrecision(WeightFormat format) {
        this.format = format;
    }

    /** The form of each matrix; null for as stored. */
    public WeightFormat format() {
        return format;
    }
}
