package dev.lanewise.op.elementwise;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.op.Elements;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Each element in another type. ONNX Cast-24 with {@code saturate} of 1. Floating point to integers is cut toward zero and
 * keeps its low bits (INT32 and INT64 saturate, NaN gives 0), anything but 0 is true, strings are decimal numbers.
 */
public record Cast(DataType to) implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        Fact x = in.input(0);
        if (x.type() == to) {
            return List.of(new Fact(to, x.shape(), null, x.content()));
        }
        return List.of(new Fact(to, x.shape(), null, null).withContent(content(x.content())));
    }

    /** Sizes keep their value in the integer types that exporters compute them in. */
    private Dim[] content(Dim[] x) {
        if (x == null || to == DataType.INT64 || to == DataType.INT32) {
            return x;
        }
        boolean decided = to == DataType.BOOL && Arrays.stream(x).allMatch(d -> d.isConstant() || d.isAtLeast(1));
        return decided ? Arrays.stream(x).map(d -> d.is(0) ? Dim.ZERO : Dim.ONE).toArray(Dim[]::new) : null;
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return new Tensor[] {convert(inputs[0], to)};
    }

    /** 16-bit floats of a matrix stay as they are: who can multiply them so does. */
    @Override
    public Tensor[] defer(Tensor[] constants) {
        DataType from = constants[0].type();
        boolean half = from == DataType.FLOAT16 || from == DataType.BFLOAT16;
        return half && to == DataType.FLOAT && constants[0].rank() == 2 && constants[0].size() > 0
                ? new Tensor[] {EncodedMatrix.ofHalves(constants[0]).tensor()} : null;
    }

    /** The tensor in another type; the tensor itself where it has that type. */
    public static Tensor convert(Tensor x, DataType to) {
        if (x.type() == to) {
            return x;
        }
        if (to == DataType.STRING) {
            return print(x);
        }
        Tensor from = x.type() == DataType.STRING ? parse(x, to) : x;
        Tensor y = Tensor.zeros(to, x.shape());
        convert(from.type(), from.array(), 0, to, y.array(), 0, x.size());
        return y;
    }

    private static void convert(DataType from, Object x, int i, DataType to, Object y, int j, int n) {
        boolean real = from.isFloatingPoint();
        for (int k = 0; k < n; k++) {
            if (to == DataType.BOOL) {
                boolean set = real ? Elements.real(from, x, i + k) != 0 : Elements.integer(from, x, i + k) != 0;
                Elements.setInteger(to, y, j + k, set ? 1 : 0);
            } else if (to == DataType.FLOAT && !real && from != DataType.UINT64) {
                ((float[]) y)[j + k] = Elements.integer(from, x, i + k);
            } else if (to.isFloatingPoint()) {
                Elements.setReal(to, y, j + k, Elements.real(from, x, i + k));
            } else {
                Elements.setInteger(to, y, j + k,
                        real ? toInteger(Elements.real(from, x, i + k), to) : Elements.integer(from, x, i + k));
            }
        }
    }

    /** The low bits of the result are the element. */
    static long toInteger(double value, DataType to) {
        return switch (to) {
            case INT32 -> (int) value;
            case UINT64 -> value >= 0x1p63 ? (long) (value - 0x1p63) + Long.MIN_VALUE : (long) value;
            default -> (long) value;
        };
    }

    private static Tensor print(Tensor x) {
        String[] out = new String[x.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = switch (x.type()) {
                case UINT64 -> Long.toUnsignedString(x.longs()[i]);
                case DOUBLE -> print(Double.toString(x.doubles()[i]));
                default -> x.type().isFloatingPoint()
                        ? print(Float.toString((float) Elements.real(x.type(), x.array(), i)))
                        : Long.toString(x.longAt(i));
            };
        }
        return Tensor.of(out, x.shape());
    }

    /** Java's shortest decimal in the spelling of C: {@code 1e+10} and {@code 3}. */
    private static String print(String number) {
        String s = number.replace("Infinity", "INF");
        int e = s.indexOf('E');
        String mantissa = e < 0 || s.contains("INF") || s.equals("NaN") ? s : s.substring(0, e);
        String power = mantissa.length() == s.length() ? "" : s.charAt(e + 1) == '-' ? "e" + s.substring(e + 1)
                : "e+" + s.substring(e + 1);
        return (mantissa.endsWith(".0") ? mantissa.substring(0, mantissa.length() - 2) : mantissa) + power;
    }

    /** Strings as DOUBLE, or INT64 for integers. */
    private static Tensor parse(Tensor x, DataType to) {
        Tensor y = Tensor.zeros(to.isInteger() ? DataType.INT64 : DataType.DOUBLE, x.shape());
        for (int i = 0; i < x.size(); i++) {
            String s = x.strings()[i].strip();
            try {
                switch (y.array()) {
                    case long[] longs -> longs[i] = to == DataType.UINT64 ? Long.parseUnsignedLong(s)
                            : Long.parseLong(s);
                    case double[] doubles -> doubles[i] = real(s);
                    default -> throw new IllegalStateException();
                }
            } catch (NumberFormatException e) {
                throw new InvalidInputException(null, "numbers in decimal notation",
                        "'" + s.substring(0, Math.min(40, s.length())) + "'", "correct the strings");
            }
        }
        return y;
    }

    private static double real(String s) {
        return switch (s.toLowerCase(Locale.ROOT)) {
            case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
            case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
            case "nan" -> Double.NaN;
            default -> Double.parseDouble(s);
        };
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        DataType from = at.in(0).type();
        if (from == to) {
            return at.view(0);
        }
        if (from == DataType.STRING || to == DataType.STRING) {
            return null;
        }
        int x = at.input(0);
        int y = at.output(0);
        int rank = at.out(0).rank();
        return () -> new BroadcastStep(y, rank, x) {
            @Override
            protected void run(Frame f, int j, int i, int b, int c, int n) {
                convert(from, f.array(x), i, to, f.array(y), j, n);
            }
        };
    }
}
