package dev.lanewise.loaders.onnx;

import ai.onnxruntime.OrtException;
import dev.lanewise.DataType;
import dev.lanewise.LoadOptions;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.FuzzModel.Item;
import dev.lanewise.loaders.onnx.FuzzModel.Unit;
import dev.lanewise.op.Elements;
import dev.lanewise.op.elementwise.Cast;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Compares what engines make of a model with what its nodes give one by one. */
final class FuzzCheck {
    /** Something that is asked about an expected element and one that was found. */
    interface DoublePair {
        boolean test(double expected, double found);
    }

    private FuzzCheck() {
    }

    /** Null where all outputs agree; else which does not, and how. */
    static String difference(FuzzModel model, List<Tensor> found) {
        return difference(model, found, (e, f) -> false);
    }

    /** Elements for which {@code accepted} holds count as equal. */
    static String difference(FuzzModel model, List<Tensor> found, DoublePair accepted) {
        for (int i = 0; i < found.size(); i++) {
            String output = model.outputs().get(i);
            Item expected = model.values().get(output);
            Unit maker = model.maker(output);
            String d = difference(expected.tensor(), found.get(i), expected.exact(), slack(model, maker, output),
                    maker.steps(), accepted);
            if (d != null) {
                return output + " of " + maker.operators() + d;
            }
        }
        return null;
    }

    /** By how much floats of an output may be off. A whole graph may be off by what its nodes are, one after the other. */
    static double slack(FuzzModel model, Unit maker, String output) {
        Tensor t = model.values().get(output).tensor();
        double scale = magnitude(t);
        for (String in : maker.inputs()) {
            Tensor x = model.values().get(in).tensor();
            scale = x.type().isFloatingPoint() ? Math.max(scale, magnitude(x)) : scale;
        }
        double digits = switch (t.type()) {
            case FLOAT16 -> 200;
            case BFLOAT16 -> 1600;
            case DOUBLE -> 1e-2;
            default -> 1;
        };
        double tolerance = Math.max(maker.tolerance(), FuzzGraph.ROUNDED);
        // the least floats are not rounded but cut to 0 where a processor is told to
        return tolerance * digits * scale * (model.units().size() > 1 ? 4 : 1) + Float.MIN_NORMAL;
    }

    private static double magnitude(Tensor t) {
        double largest = 0;
        for (int i = 0; t.type().isFloatingPoint() && i < t.size(); i++) {
            double v = Math.abs(Elements.doubleAt(t, i));
            largest = v <= Double.MAX_VALUE ? Math.max(largest, v) : largest;
        }
        return largest;
    }

    private static String difference(Tensor expected, Tensor found, boolean exact, double slack, int steps,
            DoublePair accepted) {
        if (expected.type() != found.type() || !Arrays.equals(expected.shape(), found.shape())) {
            return ": expected " + text(expected) + ", found " + text(found);
        }
        for (int i = 0; i < expected.size(); i++) {
            if (!agree(expected, found, i, exact, slack, steps)
                    && (expected.type() == DataType.STRING || !accepted.test(number(expected, i), number(found, i)))) {
                return "[" + i + "]: expected " + text(expected, i) + ", found " + text(found, i) + ", slack "
                        + (exact ? 0 : slack) + "; " + text(expected) + " against " + text(found);
            }
        }
        return null;
    }

    private static boolean agree(Tensor expected, Tensor found, int i, boolean exact, double slack, int steps) {
        DataType type = expected.type();
        if (type == DataType.STRING) {
            return expected.strings()[i].equals(found.strings()[i]);
        }
        if (!type.isFloatingPoint()) {
            long e = Elements.integer(type, expected.array(), i);
            long f = Elements.integer(type, found.array(), i);
            return e == f || Math.abs(e - f) <= steps;
        }
        double e = Elements.doubleAt(expected, i);
        double f = Elements.doubleAt(found, i);
        return Double.doubleToLongBits(e) == Double.doubleToLongBits(f)
                || !exact && (e == f || Math.abs(e - f) <= slack);
    }

    private static double number(Tensor t, int i) {
        return t.type().isFloatingPoint() ? Elements.doubleAt(t, i) : Elements.integer(t.type(), t.array(), i);
    }

    /** As written or compiled. */
    static List<Tensor> lanewise(FuzzModel model, boolean optimise) {
        return Differential.run(model.bytes(), model.inputs(), LoadOptions.defaults().withOptimise(optimise));
    }

    /** With each float off by as much as {@code slack}, up or down. */
    static Tensor shaken(Tensor t, double slack, Random random) {
        if (!t.type().isFloatingPoint()) {
            return t;
        }
        Tensor wide = Tensor.zeros(DataType.DOUBLE, t.shape());
        for (int i = 0; i < t.size(); i++) {
            wide.doubles()[i] = Elements.doubleAt(t, i) + (random.nextBoolean() ? slack : -slack);
        }
        return Cast.convert(wide, t.type());
    }

    static List<Tensor> onnxRuntime(FuzzModel model) throws OrtException {
        return OnnxRuntime.run(model.bytes(), model.inputs());
    }

    /** Units that ONNX Runtime by itself gives something else for. */
    static List<Unit> differing(FuzzModel model) throws OrtException {
        List<Unit> all = new ArrayList<>();
        for (Unit u : model.units()) {
            FuzzModel part = model.part(u);
            if (difference(part, onnxRuntime(part)) != null) {
                all.add(u);
            }
        }
        return all;
    }

    static String text(Tensor t) {
        StringBuilder text = new StringBuilder(t.type() + Arrays.toString(t.shape()));
        for (int i = 0; i < Math.min(t.size(), 24); i++) {
            text.append(i == 0 ? " {" : ", ").append(text(t, i));
        }
        return text.append(t.size() > 24 ? ", ...}" : t.size() == 0 ? "" : "}").toString();
    }

    private static String text(Tensor t, int i) {
        return switch (t.type()) {
            case STRING -> '"' + t.strings()[i] + '"';
            case FLOAT -> Float.toString(t.floats()[i]);
            default -> t.type().isFloatingPoint() ? Double.toString(Elements.doubleAt(t, i))
                    : t.type().isElement() ? Long.toString(Elements.integer(t.type(), t.array(), i)) : "...";
        };
    }
}
