package dev.lanewise.quant.weights;

import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.op.quant.WeightFormat;

/**
 * What became of a matrix.
 *
 * @param encoded null where it stays FLOAT
 * @param format of encoded
 * @param error share of the outputs on the calibration data that is wrong, of the weights where there is none
 */
public record LayerResult(WeightMatrix matrix, EncodedMatrix encoded, WeightFormat format, double error) {
    public long bytesBefore() {
        return (long) matrix.weights().size() * Float.BYTES;
    }

    /** With scales as FLOAT and zero points in the codes' type. */
    public long bytesAfter() {
        if (encoded == null) {
            return bytesBefore();
        }
        long bits = (long) matrix.weights().size() * format.type().bits();
        if (!encoded.isHalf()) {
            long scales = encoded.scales().size();
            bits += scales * Float.SIZE + (encoded.zeroPoints() == null ? 0 : scales * format.type().bits());
        }
        return Math.ceilDiv(bits, (long) Byte.SIZE);
    }
}
