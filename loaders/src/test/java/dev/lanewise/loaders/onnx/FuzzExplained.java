package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.FuzzCheck.DoublePair;
import dev.lanewise.loaders.onnx.FuzzModel.Leaf;
import dev.lanewise.loaders.onnx.FuzzModel.Unit;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import dev.lanewise.op.Elements;
import dev.lanewise.op.elementwise.Cast;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Where Lanewise and ONNX Runtime differ for a known reason. Each entry says for which operators and in which cases, which
 * elements may differ there, and what the standard says.
 */
final class FuzzExplained {
    private static final DoublePair ANY = (e, f) -> true;
    private static final DoublePair ZEROS = (e, f) -> e == 0 && f == 0;
    private static final DoublePair NOT_NUMBERS = (e, f) -> Double.isNaN(e) || Double.isNaN(f);
    /** In place of elements that may differ: the shape may, or nothing is to be compared. */
    private static final DoublePair SHAPE = (e, f) -> true;

    private record Entry(Set<String> operators, Predicate<FuzzModel> when, DoublePair accepted, String reason) {
    }

    private static final Set<String> REDUCTIONS =
            Set.of("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd",
                    "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp");
    private static final List<Entry> ENTRIES = List.of(
            new Entry(Set.of("Min", "Max", "Relu", "ReduceMin", "ReduceMax", "Clip", "MaxPool", "GlobalMaxPool", "Mod",
                    "ScatterElements", "ScatterND", "Where", "PRelu"), m -> true, ZEROS,
                    "sign of a zero: the standard compares numbers, and 0 equals -0; ONNX Runtime's Where adds a 0 to"
                            + " what it copies, its PRelu to slope * x"),
            new Entry(Set.of("Min", "Max", "ReduceMin", "ReduceMax", "Clip", "Relu", "MaxPool", "GlobalMaxPool",
                    "ReduceLogSumExp", "ThresholdedRelu", "Shrink", "LeakyRelu", "Elu", "Selu", "Celu", "HardSigmoid",
                    "PRelu", "Softmax", "LogSoftmax", "ScatterElements", "ScatterND"), FuzzExplained::hasNotANumber,
                    ANY,
                    "NaN: here it goes through, as in the standard's reference (NumPy); ONNX Runtime's answer depends"
                            + " on the element's place"),
            new Entry(Set.of("Gemm"), m -> m.units().getFirst().nodes().getFirst().getInputCount() > 2 && isEmpty(m, 0),
                    ANY, "Gemm over no elements: alpha * A * B + beta * C is beta * C; ONNX Runtime gives C"),
            new Entry(Set.of("MatMul"), m -> isEmpty(m, 0), ANY,
                    "product over no elements: 0, as a sum of none; ONNX Runtime leaves what was in the memory where the"
                            + " second operand is a vector"),
            new Entry(Set.of("Dropout"), m -> m.opset() < 12, ANY,
                    "mask of Dropout before operator set 12: not filled in inference, says the standard"),
            new Entry(Set.of("ConvTranspose"), m -> text(m, "auto_pad").startsWith("SAME"), SHAPE,
                    "ConvTranspose with auto_pad SAME: output_shape[i] = input_shape[i] * strides[i]; ONNX Runtime gives"
                            + " less where the kernel is narrower than the stride"),
            new Entry(Set.of("Loop"), m -> true, SHAPE,
                    "stacked outputs of a loop that never ran: the standard does not say which shape no elements have"),
            new Entry(Set.of("Slice"), FuzzExplained::isBackwardToGreatest, SHAPE,
                    "Slice with a negative step: starts and ends are clamped to the axis, says the standard; ONNX"
                            + " Runtime takes the greatest integer as the end of a backward slice"),
            new Entry(Set.of("MeanVarianceNormalization"), m -> true, NOT_NUMBERS,
                    "MeanVarianceNormalization of equal elements: the standard's function adds 1e-9 to the deviation,"
                            + " so they become 0; ONNX Runtime divides by 0"),
            new Entry(Set.of("Clip"), m -> true, (e, f) -> Double.isInfinite(e) && Math.abs(f) >= 65504,
                    "Clip of an infinity without that bound: the standard's function has no comparison there"),
            new Entry(Set.of("AffineGrid"), m -> true, ANY,
                    "AffineGrid with align_corners along an axis of one element: the standard divides 2 by 0"),
            new Entry(Set.of("Attention"), m -> m.units().getFirst().nodes().getFirst().getInputCount() > 4, ANY,
                    "causal Attention with a past: query i sees keys up to past + i (reference of operator set 24 on);"
                            + " ONNX Runtime lets it see all of them where there are more keys than queries"),
            new Entry(REDUCTIONS, m -> isEmpty(m, 0), SHAPE,
                    "reduction over no elements: the axes that are not reduced stay, and noop_with_empty_axes leaves the"
                            + " tensor as it is; ONNX Runtime gives other shapes"),
            new Entry(REDUCTIONS, FuzzExplained::hasLargeIntegers, ANY,
                    "reduction of large integers: here in 64 bits, which wrap as those of the type do; ONNX Runtime"
                            + " goes by way of double"),
            new Entry(Set.of("ReduceProd"), m -> true, FuzzExplained::isEndOfIntegers,
                    "product of integers beyond their type: here it wraps; ONNX Runtime goes by way of floats and gives"
                            + " the least or the greatest integer"),
            new Entry(Set.of("ReduceProd"), m -> !hasType(m, DataType.FLOAT) && hasFloatBeyond(m, 1e9),
                    (e, f) -> isNotFinite(e) || isNotFinite(f),
                    "product of floats that overflows in one order and not in another: the standard says none"),
            new Entry(Set.of("Gemm"), m -> real(m, "beta") == 0, NOT_NUMBERS,
                    "Gemm with beta = 0: 0 * C of an infinity is no number; ONNX Runtime does not read C then"),
            new Entry(Set.of("Max", "Min"), FuzzExplained::hasLargeIntegers, ANY,
                    "Max and Min of INT64 beyond 32 bits, of which ONNX Runtime's vector code compares the lower halves"
                            + " alone"),
            new Entry(Set.of("Sign"), FuzzExplained::hasNegativeLowerHalf, (e, f) -> e == 1 && f == -1,
                    "Sign of INT64 from 2^31 to 2^32: ONNX Runtime's vector code looks at the lower half alone"),
            new Entry(Set.of("Mod"), FuzzExplained::hasLargeIntegers, ANY,
                    "Mod of large integers with fmod, which ONNX Runtime computes in double"),
            new Entry(Set.of("Softmax", "LogSoftmax"), m -> hasFloatBeyond(m, Double.MAX_VALUE), NOT_NUMBERS,
                    "softmax of an infinity, which is no number: ONNX Runtime's answer depends on the element's place"),
            new Entry(Set.of("Gather"), m -> hasType(m, DataType.STRING), SHAPE,
                    "Gather of strings: ONNX Runtime copies the first string of each slice alone"),
            new Entry(Set.of("Shrink"), FuzzExplained::hasLargeIntegers, ANY,
                    "Shrink of large integers, which ONNX Runtime computes in float"),
            new Entry(Set.of("QuantizeLinear"), FuzzExplained::isTwoBits, ANY,
                    "QuantizeLinear to 2 bits: saturate(round(x / scale) + zero); ONNX Runtime's answer depends on the"
                            + " element's place"),
            new Entry(Set.of("Resize"), m -> text(m, "coordinate_transformation_mode").equals("tf_crop_and_resize"),
                    ANY,
                    "Resize with tf_crop_and_resize: ONNX Runtime leaves out the region along an axis that keeps its"
                            + " length"),
            new Entry(Set.of("Resize"), m -> text(m, "coordinate_transformation_mode").equals("pytorch_half_pixel"),
                    ANY,
                    "Resize with pytorch_half_pixel to one element: the standard's text says position 0, its reference"
                            + " and cases -0.5, as here"),
            new Entry(Set.of("Resize"), m -> text(m, "mode").equals("nearest"), ANY,
                    "nearest element at a position halfway: the standard's reference computes positions in double, as"
                            + " here, ONNX Runtime in float"),
            new Entry(Set.of("Resize"), FuzzExplained::isCutLength, ANY,
                    "Resize by scales with align_corners or tf_crop_and_resize: the standard's reference and its case"
                            + " resize_downsample_scales_linear_align_corners take the length before it is cut to an"
                            + " integer, ONNX Runtime the integer"));

    private FuzzExplained() {
    }

    /** Why Lanewise refuses what ONNX Runtime takes, or null. */
    static String refusal(Unit unit, Throwable cause) {
        String operator = unit.nodes().getFirst().getOpType();
        if (operator.endsWith("max") && String.valueOf(cause.getMessage()).contains("expected an axis in")) {
            return operator + ": axis out of [-rank, rank - 1], which ONNX Runtime does not look at where there are no"
                    + " elements";
        }
        return null;
    }

    /** Whether ONNX Runtime says this of a graph each of whose nodes it takes. */
    static boolean isKnownRefusal(String message) {
        return message.contains("Subgraph must have the shape set for all outputs");
    }

    /** Why the only unit of a model gives something else there, or null. */
    static String difference(FuzzModel part, List<Tensor> found) {
        for (Entry e : ENTRIES) {
            boolean applies =
                    part.units().getFirst().nodes().stream().anyMatch(n -> e.operators.contains(n.getOpType()))
                            && e.when.test(part);
            if (applies && (e.accepted == SHAPE || FuzzCheck.difference(part, found, e.accepted) == null)) {
                return e.reason;
            }
        }
        return order(part, found);
    }

    /** Why the order of a product or sum made the difference, or null where it did not. */
    private static String order(FuzzModel part, List<Tensor> found) {
        Unit unit = part.units().getFirst();
        Tensor x = unit.inputs().isEmpty() ? null : part.leaves().get(unit.inputs().getFirst()).tensor();
        if (x == null || x.type() != DataType.FLOAT) {
            return null;
        }
        return switch (unit.operators()) {
            case "ReduceProd" -> overflows(x) && FuzzCheck.difference(part, found, isProductOf(part)) == null
                    ? "product of floats that overflows in one order and not in another: the standard says none; one of the"
                            + " two is the product in double"
                    : null;
            case "ReduceLogSum" -> FuzzCheck.difference(part, found, isRoundingOf(x)) == null
                    ? "logarithm of a sum of almost 0: the two sums differ by rounding, for which the standard says no order"
                    : null;
            default -> null;
        };
    }

    /** Whether a product of some of the elements is beyond FLOAT. */
    private static boolean overflows(Tensor x) {
        double product = 1;
        for (float v : x.floats()) {
            product *= Math.max(1, Math.abs(v));
        }
        return product > Float.MAX_VALUE;
    }

    /** Where one of the two is a product in double, rounded, and the other overflowed on the way to it. */
    private static DoublePair isProductOf(FuzzModel part) {
        Map<String, Leaf> wide = new LinkedHashMap<>(part.leaves());
        wide.replaceAll((name, leaf) -> leaf.tensor().type() != DataType.FLOAT ? leaf
                : new Leaf(Cast.convert(leaf.tensor(), DataType.DOUBLE), leaf.dims()));
        double[] products = FuzzReference
                .outputs(new FuzzModel(part.opset(), part.units(), wide, Map.of(), part.outputs())).getFirst()
                .doubles();
        return (e, f) -> {
            double finite = isNotFinite(e) ? f : e;
            return isNotFinite(e) != isNotFinite(f)
                    && Arrays.stream(products).anyMatch(p -> Math.abs(p - finite) <= 1e-5 * Math.abs(p));
        };
    }

    /** Where two logarithms are of numbers that differ by less than rounding of the elements' sum. */
    private static DoublePair isRoundingOf(Tensor x) {
        double sum = 0;
        for (float v : x.floats()) {
            sum += Math.abs(v);
        }
        double rounding = sum * 0x1p-23;
        return (e, f) -> Math.abs(Math.exp(e) - Math.exp(f)) <= rounding;
    }

    private static boolean hasNotANumber(FuzzModel m) {
        return hasFloatBeyond(m, Double.POSITIVE_INFINITY);
    }

    private static boolean isNotFinite(double v) {
        return !(Math.abs(v) <= Double.MAX_VALUE);
    }

    private static boolean isEndOfIntegers(double expected, double found) {
        return found == Integer.MIN_VALUE || found == Integer.MAX_VALUE || found == Long.MIN_VALUE
                || found == Long.MAX_VALUE;
    }

    private static boolean hasFloatBeyond(FuzzModel m, double largest) {
        return m.leaves().values().stream().anyMatch(l -> l.tensor().type().isFloatingPoint()
                && !FuzzGraph.within(new FuzzModel.Item("", l.tensor(), true), largest));
    }

    private static boolean hasType(FuzzModel m, DataType type) {
        return m.leaves().values().stream().anyMatch(l -> l.tensor().type() == type);
    }

    private static boolean hasLargeIntegers(FuzzModel m) {
        return m.leaves().values().stream().map(l -> l.tensor()).filter(t -> t.type().isInteger()).anyMatch(t -> {
            for (int i = 0; i < t.size(); i++) {
                long v = Elements.integer(t.type(), t.array(), i);
                // as UINT64, what is negative here is larger than any INT64
                if (v > 10_000 || v < -10_000 || t.type() == DataType.UINT64 && v < 0) {
                    return true;
                }
            }
            return false;
        });
    }

    private static boolean hasNegativeLowerHalf(FuzzModel m) {
        return m.leaves().values().stream().map(Leaf::tensor).filter(t -> t.type() == DataType.INT64)
                .anyMatch(t -> Arrays.stream(t.longs()).anyMatch(v -> v >>> Integer.SIZE == 0 && (int) v < 0));
    }

    private static boolean isTwoBits(FuzzModel m) {
        return m.leaves().values().stream().anyMatch(l -> l.tensor().type().bits() == 2);
    }

    private static boolean isEmpty(FuzzModel m, int input) {
        return m.leaves().get(m.units().getFirst().nodes().getFirst().getInput(input)).tensor().size() == 0;
    }

    private static String text(FuzzModel m, String attribute) {
        return m.units().getFirst().nodes().getFirst().getAttributeList().stream()
                .filter(a -> a.getName().equals(attribute)).map(AttributeProto::getS).map(s -> s.toStringUtf8())
                .findFirst().orElse("");
    }

    /** 1 where the node does not say it. */
    private static double real(FuzzModel m, String attribute) {
        return m.units().getFirst().nodes().getFirst().getAttributeList().stream()
                .filter(a -> a.getName().equals(attribute)).mapToDouble(AttributeProto::getF).findFirst().orElse(1);
    }

    private static boolean isBackwardToGreatest(FuzzModel m) {
        return m.leaves().values().stream().map(l -> l.tensor()).filter(t -> t.type().isInteger()).anyMatch(t -> {
            for (int i = 0; i < t.size(); i++) {
                if (Elements.integer(t.type(), t.array(), i) >= Integer.MAX_VALUE) {
                    return true;
                }
            }
            return false;
        });
    }

    private static boolean isCutLength(FuzzModel m) {
        return Set.of("align_corners", "tf_crop_and_resize").contains(text(m, "coordinate_transformation_mode"))
                && m.units().getFirst().nodes().getFirst().getInputCount() == 3;
    }
}
