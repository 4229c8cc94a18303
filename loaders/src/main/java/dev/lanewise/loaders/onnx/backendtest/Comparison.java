package dev.lanewise.loaders.onnx.backendtest;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import java.util.Arrays;

/**
 * An output against the one due, with the tolerances of the ONNX project: floating point within
 * {@code 1e-7 + 1e-3 * |due|} (16-bit types {@code 1e-2}), all else equal, quantised 8-bit integers within 1. Of Fourier
 * transforms, {@code 1e-6} instead of {@code 1e-7}.
 *
 * @param largestError largest absolute difference of an element
 * @param difference the worst element in words, or null where all are within the tolerance
 */
public record Comparison(double largestError, String difference) {
    private static final double ABSOLUTE = 1e-7;

    private static final double ABSOLUTE_OF_TRANSFORMS = 1e-6;

    public static Comparison of(Tensor due, Tensor found, boolean quantised, boolean transform) {
        if (due.type() != found.type() || !due.hasShape(found.shape())) {
            return new Comparison(Double.POSITIVE_INFINITY, due + " due, not " + found);
        }
        return switch (due.type()) {
            case SEQUENCE, OPTIONAL -> elements(due, found, quantised, transform);
            case STRING -> strings(due.strings(), found.strings());
            case FLOAT, DOUBLE -> numbers(due, found, 1e-3, transform ? ABSOLUTE_OF_TRANSFORMS : ABSOLUTE);
            case FLOAT16, BFLOAT16 -> numbers(due, found, 1e-2, ABSOLUTE);
            case INT8, UINT8 -> numbers(due, found, 0, quantised ? 1 : 0);
            case INT64, UINT64 -> longs(due.longs(), found.longs());
            default -> numbers(due, found, 0, 0);
        };
    }

    private static Comparison elements(Tensor due, Tensor found, boolean quantised, boolean transform) {
        double largest = 0;
        for (int i = 0; i < due.size(); i++) {
            Comparison c = of(due.elements().get(i), found.elements().get(i), quantised, transform);
            if (c.difference != null) {
                return new Comparison(c.largestError, "element " + i + ": " + c.difference);
            }
            largest = Math.max(largest, c.largestError);
        }
        return new Comparison(largest, null);
    }

    private static Comparison strings(String[] due, String[] found) {
        int at = Arrays.mismatch(due, found);
        return at < 0 ? new Comparison(0, null)
                : new Comparison(1, "element " + at + ": '" + due[at] + "' due, not '" + found[at] + "'");
    }

    private static Comparison longs(long[] due, long[] found) {
        int at = Arrays.mismatch(due, found);
        return at < 0 ? new Comparison(0, null)
                : new Comparison(Math.abs((double) due[at] - found[at]),
                        "element " + at + ": " + due[at] + " due, not " + found[at]);
    }

    private static Comparison numbers(Tensor due, Tensor found, double relative, double absolute) {
        double largest = 0;
        double worstExcess = 0;
        int worst = -1;
        int bad = 0;
        for (int i = 0; i < due.size(); i++) {
            double d = number(due, i);
            double f = number(found, i);
            if (d == f || Double.isNaN(d) && Double.isNaN(f)) {
                continue;
            }
            double error = Double.isFinite(d) && Double.isFinite(f) ? Math.abs(d - f) : Double.POSITIVE_INFINITY;
            largest = Math.max(largest, error);
            double excess = error - (absolute + relative * Math.abs(d));
            if (!(excess <= 0)) {
                bad++;
                if (worst < 0 || excess > worstExcess) {
                    worstExcess = excess;
                    worst = i;
                }
            }
        }
        return new Comparison(largest, worst < 0 ? null
                : bad + " of " + due.size() + " elements differ, element " + worst + " most: " + number(due, worst)
                        + " due, not "
                        + number(found, worst));
    }

    /** Element {@code i}; formats of 8 bits and less are compared by their bits. */
    private static double number(Tensor t, int i) {
        return switch (t.type()) {
            case FLOAT -> t.floats()[i];
            case DOUBLE -> t.doubles()[i];
            case FLOAT16 -> Float.float16ToFloat(t.shorts()[i]);
            case BFLOAT16 -> Float.intBitsToFloat(t.shorts()[i] << 16);
            default -> t.type().storage() == DataType.Storage.BYTES && t.type().isFloatingPoint() ? t.bytes()[i] & 0xFF
                    : t.longAt(i);
        };
    }
}
