package dev.lanewise.loaders.onnx;

import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.FuzzCheck.DoublePair;
import dev.lanewise.loaders.onnx.FuzzModel.Unit;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import dev.lanewise.op.Elements;
import java.util.List;
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

    private static final List<Entry> ENTRIES = List.of(
            new Entry(Set.of("Min", "Max", "Relu", "ReduceMin", "ReduceMax", "Clip", "MaxPool", "GlobalMaxPool", "Mod",
                    "ScatterElements", "ScatterND"), m -> true, ZEROS,
                    "sign of a zero: the standard compares numbers, and 0 equals -0"),
            new Entry(Set.of("Min", "Max", "ReduceMin", "ReduceMax", "Clip", "Relu", "MaxPool", "GlobalMaxPool",
                    "ReduceLogSumExp", "ThresholdedRelu", "Shrink", "LeakyRelu", "Elu", "Selu", "Celu", "HardSigmoid",
                    "PRelu", "Softmax", "LogSoftmax"), FuzzExplained::hasNotANumber, ANY,
                    "NaN: here it goes through, as in the standard's reference (NumPy); ONNX Runtime's answer depends"
                            + " on the element's place"),
            new Entry(Set.of("Gemm"), m -> m.units().getFirst().nodes().getFirst().getInputCount() > 2 && isEmpty(m, 0),
                    ANY, "Gemm over no elements: alpha * A * B + beta * C is beta * C; ONNX Runtime gives C"),
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
            new Entry(Set.of("Resize"), FuzzExplained::isCutLength, ANY,
                    "Resize by scales with align_corners or tf_crop_and_resize: the standard's reference and its case"
                            + " resize_downsample_scales_linear_align_corners take the length before it is cut to an"
                            + " integer, ONNX Runtime the integer"));

    private FuzzExplained() {
    }

    /** Why Lanewise refuses what ONNX Runtime takes, or null. */
    static String refusal(Unit unit, Throwable cause) {
        return null;
    }

    /** Why the only unit of a model gives something else there, or null. */
    static String difference(FuzzModel part, List<Tensor> found) {
        for (Entry e : ENTRIES) {
            boolean applies = part.units().getFirst().nodes().stream().anyMatch(n -> e.operators.contains(n.getOpType()))
                    && e.when.test(part);
            if (applies && (e.accepted == SHAPE || FuzzCheck.difference(part, found, e.accepted) == null)) {
                return e.reason;
            }
        }
        return null;
    }

    private static boolean hasNotANumber(FuzzModel m) {
        return m.leaves().values().stream().anyMatch(l -> l.tensor().type().isFloatingPoint()
                && !FuzzGraph.within(new FuzzModel.Item("", l.tensor(), true), Double.POSITIVE_INFINITY));
    }

    private static boolean isEmpty(FuzzModel m, int input) {
        return m.leaves().get(m.units().getFirst().nodes().getFirst().getInput(input)).tensor().size() == 0;
    }

    private static String text(FuzzModel m, String attribute) {
        return m.units().getFirst().nodes().getFirst().getAttributeList().stream()
                .filter(a -> a.getName().equals(attribute)).map(AttributeProto::getS).map(s -> s.toStringUtf8())
                .findFirst().orElse("");
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
