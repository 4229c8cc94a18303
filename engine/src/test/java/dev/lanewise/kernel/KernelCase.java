package dev.lanewise.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;

/**
 * Every kernel as a case: a call with inputs that depend on a length, a misalignment and a seed alone. A case returns all arrays
 * that the call could have written, whole, so that a write beyond its range shows as well.
 */
record KernelCase(String name, Call call) {
    /** Arrays are float[], int[] or byte[]. */
    interface Call {
        Object[] run(Kernels kernels, Inputs in);
    }

    /** Lengths from nothing to more than two of the widest vectors, over every remainder. */
    static final int LONGEST = 67;
    /** First elements of three operands; each operand gets each. */
    static final int[][] SHIFTS = {{0, 1, 3}, {1, 3, 0}, {3, 0, 1}};
    private static final float[] SPECIAL = {0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY,
        Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_NORMAL, Float.MAX_VALUE, -Float.MAX_VALUE, 88.8f, -87.4f,
        -104f, 1e-30f, 8388609f, 0.5f, 2.5f, -1f};

    @Override
    public String toString() {
        return name;
    }

    /** Inputs of one call: {@code n} elements, operands at {@code at(0)}, {@code at(1)}, {@code at(2)}. */
    record Inputs(int n, int[] shifts, boolean special, SplittableRandom random) {
        static Inputs of(int n, int shift, boolean special) {
            return new Inputs(n, SHIFTS[shift], special, new SplittableRandom(1000L * n + shift));
        }

        int at(int operand) {
            return shifts[operand];
        }

        float[] floats(int size) {
            float[] x = new float[size];
            for (int i = 0; i < size; i++) {
                x[i] = special && random.nextInt(6) == 0 ? SPECIAL[random.nextInt(SPECIAL.length)]
                        : (float) random.nextDouble(-4, 4);
            }
            return x;
        }

        /** Room for {@code n} elements of an operand and some more. */
        float[] operand(int operand) {
            return floats(at(operand) + n + 5);
        }
    }

    static List<KernelCase> all() {
        List<KernelCase> cases = new ArrayList<>();
        elementwise(cases);
        rows(cases);
        attention(cases);
        epilogues(cases);
        products(cases);
        listedProducts(cases);
        bytePanels(cases);
        quantised(cases);
        GroupCases.add(cases);
        ConvolutionCases.add(cases);
        return cases;
    }

    private static void elementwise(List<KernelCase> cases) {
        for (UnaryFunction f : UnaryFunction.values()) {
            cases.add(new KernelCase("unary " + f, (kernels, in) -> {
                float[] y = in.operand(1);
                kernels.unary(f, in.operand(0), in.at(0), y, in.at(1), in.n());
                return new Object[] {y};
            }));
            cases.add(new KernelCase("unary in place " + f, (kernels, in) -> {
                float[] x = in.operand(0);
                kernels.unary(f, x, in.at(0), x, in.at(0), in.n());
                return new Object[] {x};
            }));
        }
        for (BinaryFunction f : BinaryFunction.values()) {
            for (int steps = 0; steps < 4; steps++) {
                int aStep = steps & 1;
                int bStep = steps >> 1;
                cases.add(new KernelCase("binary " + f + " steps " + aStep + " " + bStep, (kernels, in) -> {
                    float[] y = in.operand(2);
                    kernels.binary(f, in.operand(0), in.at(0), aStep, in.operand(1), in.at(1), bStep, y, in.at(2),
                            in.n());
                    return new Object[] {y};
                }));
            }
        }
        for (ReduceFunction f : ReduceFunction.values()) {
            cases.add(new KernelCase("reduce " + f,
                    (kernels, in) -> new Object[] {new float[] {kernels.reduce(f, in.operand(0), in.at(0), in.n())}}));
        }
    }

    private static void rows(List<KernelCase> cases) {
        cases.add(new KernelCase("softmaxRows", (kernels, in) -> {
            int n = in.n();
            float[] y = in.floats(3 * n + 9);
            kernels.softmaxRows(3, n, in.floats(3 * n + 9), in.at(0), n + 1, y, in.at(1), n + 2);
            return new Object[] {y};
        }));
        for (boolean beta : new boolean[] {false, true}) {
            cases.add(new KernelCase("layerNormRows" + (beta ? " with beta" : ""), (kernels, in) -> {
                int n = in.n();
                float[] y = in.floats(3 * n + 9);
                kernels.layerNormRows(3, n, in.floats(3 * n + 9), in.at(0), n + 1, in.floats(n),
                        beta ? in.floats(n) : null, 1e-5f, y, in.at(1), n + 2);
                return new Object[] {y};
            }));
        }
        cases.add(new KernelCase("rmsNormRows", (kernels, in) -> {
            int n = in.n();
            float[] y = in.floats(3 * n + 9);
            kernels.rmsNormRows(3, n, in.floats(3 * n + 9), in.at(0), n + 1, in.floats(n), 1e-6f, y, in.at(1), n + 2);
            return new Object[] {y};
        }));
    }

    private static void attention(List<KernelCase> cases) {
        for (int mask = 0; mask < 3; mask++) {
            boolean masked = mask > 0;
            boolean ofQueries = mask == 2;
            String kind = masked ? ofQueries ? " with mask of queries" : " with mask of keys" : "";
            cases.add(new KernelCase("softmaxColumns twice" + kind, (kernels, in) -> {
                int block = in.n() * PackedMatrix.PANEL + 4;
                float[] state = new float[3 * PackedMatrix.PANEL + 3];
                Arrays.fill(state, 1, 1 + PackedMatrix.PANEL, Float.NEGATIVE_INFINITY);
                float[] first = in.floats(in.at(0) + block);
                float[] second = in.floats(in.at(1) + block);
                float[] m = masked ? in.floats(in.at(2) + block) : null;
                kernels.softmaxColumns(in.n(), first, in.at(0), m, in.at(2), ofQueries, state, 1);
                float[] between = state.clone();
                kernels.softmaxColumns(in.n(), second, in.at(1), m, in.at(2), ofQueries, state, 1);
                return new Object[] {first, second, between, state};
            }));
        }
        for (int rows : new int[] {0, 1, 7, 16, 31, 32}) {
            cases.add(new KernelCase("transposePanel rows " + rows, (kernels, in) -> {
                float[] panel = in.floats(in.at(1) + in.n() * PackedMatrix.PANEL + 3);
                kernels.transposePanel(rows, in.n(), in.floats(in.at(0) + rows * (in.n() + 2)), in.at(0), in.n() + 2,
                        0.7f, panel, in.at(1));
                return new Object[] {panel};
            }));
        }
        for (int rows : new int[] {1, 3, 4, 8, 12, 15, 32}) {
            cases.add(new KernelCase("gemmTransposed rows " + rows, (kernels, in) -> {
                int k = in.n();
                float[] a = in.floats(in.at(0) + k * (rows + 1));
                float[] b = in.floats(in.at(1) + k * (PackedMatrix.PANEL + 3));
                float[] stored = in.floats(in.at(2) + rows * (PackedMatrix.PANEL + 2) + 1);
                float[] added = stored.clone();
                kernels.gemmTransposed(rows, k, a, in.at(0), rows + 1, b, in.at(1), PackedMatrix.PANEL + 3, stored,
                        in.at(2), PackedMatrix.PANEL + 2, false);
                kernels.gemmTransposed(rows, k, a, in.at(0), rows + 1, b, in.at(1), PackedMatrix.PANEL + 3, added,
                        in.at(2), PackedMatrix.PANEL + 2, true);
                return new Object[] {stored, added};
            }));
        }
    }

    private static void epilogues(List<KernelCase> cases) {
        for (int parts = 0; parts < 32; parts++) {
            boolean bias = (parts & 1) != 0;
            UnaryFunction activation = (parts & 2) != 0 ? UnaryFunction.GELU : null;
            boolean residual = (parts & 4) != 0;
            boolean scale = (parts & 8) != 0;
            boolean residualScale = (parts & 16) != 0;
            if (residualScale && !residual) {
                continue;
            }
            String name = "epilogue" + (scale ? " scale" : "") + (bias ? " bias" : "")
                    + (activation != null ? " gelu" : "") + (residual ? " residual" : "")
                    + (residualScale ? " residual scale" : "");
            cases.add(new KernelCase(name, (kernels, in) -> {
                int n = in.n();
                float[] c = in.floats(3 * n + 9);
                Epilogue epilogue = new Epilogue(scale ? in.operand(1) : null, bias ? in.operand(1) : null, activation,
                        residualScale ? in.operand(1) : null);
                kernels.epilogue(3, n, c, in.at(0), n + 1, epilogue, in.at(1),
                        scale && bias ? in.floats(4) : null, 1, residual ? in.floats(3 * n + 9) : null, in.at(2),
                        n + 2);
                return new Object[] {c};
            }));
        }
    }

    /** The length serves as depth with every height of a tile, as height, and as number of columns. */
    private static void products(List<KernelCase> cases) {
        for (int rows : new int[] {1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 19, 25}) {
            cases.add(
                    new KernelCase("gemmPanel rows " + rows, (kernels, in) -> product(kernels, in, rows, 32, in.n())));
        }
        cases.add(new KernelCase("gemmPanel by rows, half a panel",
                (kernels, in) -> product(kernels, in, in.n(), PackedMatrix.PANEL / 2, 9)));
        cases.add(new KernelCase("gemmPanel by rows", (kernels, in) -> product(kernels, in, in.n(), 32, 9)));
        cases.add(new KernelCase("gemmPanel by columns",
                (kernels, in) -> product(kernels, in, 7, Math.min(32, in.n()), 10)));
        cases.add(new KernelCase("gemmPanel deep", (kernels, in) -> product(kernels, in, 27, 32, 380 + in.n())));
        cases.add(
                new KernelCase("gemmPanel deep, few rows", (kernels, in) -> product(kernels, in, 3, 32, 380 + in.n())));
    }

    /** Rows in no order, from the second of the list on; those that it does not name stay as they are. */
    private static void listedProducts(List<KernelCase> cases) {
        for (int rows : new int[] {1, 2, 4, 5, 8, 9, 12, 13, 27}) {
            for (int cols : new int[] {32, 16, 21}) {
                cases.add(new KernelCase("gemmListed rows " + rows + ", columns " + cols,
                        (kernels, in) -> listed(kernels, in, rows, cols, in.n())));
            }
        }
        cases.add(new KernelCase("gemmListed by rows", (kernels, in) -> listed(kernels, in, in.n(), 32, 9)));
        cases.add(new KernelCase("gemmListed by columns",
                (kernels, in) -> listed(kernels, in, 7, Math.min(32, in.n()), 10)));
        cases.add(new KernelCase("gemmListed deep", (kernels, in) -> listed(kernels, in, 11, 32, 2040 + in.n())));
    }

    private static Object[] listed(Kernels kernels, Inputs in, int rows, int cols, int k) {
        int[] list = new int[rows + 2];
        for (int i = 0; i < list.length; i++) {
            // every number once: a step that has no factor in common with their count
            list[i] = (int) ((i * 10_007L + 3) % (rows + 2));
        }
        float[] a = in.floats(in.at(0) + list.length * (k + 1));
        float[] panel = in.floats(in.at(1) + k * PackedMatrix.PANEL);
        float[] stored = in.floats(in.at(2) + list.length * (cols + 2) + 1);
        float[] added = stored.clone();
        float[] row = in.floats(in.at(1) + PackedMatrix.PANEL);
        kernels.gemmListed(list, 1, rows, cols, k, a, in.at(0), k + 1, panel, in.at(1), null, 0, stored, in.at(2),
                cols + 2, false);
        kernels.gemmListed(list, 1, rows, cols, k, a, in.at(0), k + 1, panel, in.at(1), row, in.at(1), added, in.at(2),
                cols + 2, true);
        return new Object[] {stored, added};
    }

    private static Object[] product(Kernels kernels, Inputs in, int rows, int cols, int k) {
        float[] a = in.floats(in.at(0) + rows * (k + 1));
        float[] panel = in.floats(in.at(1) + k * PackedMatrix.PANEL);
        float[] stored = in.floats(in.at(2) + rows * (cols + 2) + 1);
        float[] added = stored.clone();
        kernels.gemmPanel(rows, cols, k, a, in.at(0), k + 1, panel, in.at(1), stored, in.at(2), cols + 2, false);
        kernels.gemmPanel(rows, cols, k, a, in.at(0), k + 1, panel, in.at(1), added, in.at(2), cols + 2, true);
        return new Object[] {stored, added};
    }

    /** Bytes as weights: the length serves as depth with every height of a tile, and as number of columns. */
    private static void bytePanels(List<KernelCase> cases) {
        for (int rows : new int[] {1, 2, 3, 4, 5, 8, 15}) {
            cases.add(new KernelCase("gemmInt8 rows " + rows,
                    (kernels, in) -> byteProduct(kernels, in, rows, 160, in.n())));
        }
        cases.add(new KernelCase("gemmInt8 by columns", (kernels, in) -> byteProduct(kernels, in, 7, 2 * in.n(), 10)));
        cases.add(new KernelCase("gemmInt8Widening", (kernels, in) -> {
            int k = in.n();
            float[] a = in.floats(in.at(0) + 8 * (k + 1));
            byte[] panel = bytes(in, in.at(1) + k * PackedMatrix.PANEL);
            float[] c = in.floats(in.at(2) + 8 * (PackedMatrix.PANEL + 2));
            float[] widened = in.floats(in.at(0) + k * PackedMatrix.PANEL + 3);
            kernels.gemmInt8Widening(k, a, in.at(0), k + 1, panel, in.at(1), c, in.at(2), PackedMatrix.PANEL + 2,
                    widened, in.at(0));
            return new Object[] {c, widened};
        }));
        cases.add(new KernelCase("int8ToFloat", (kernels, in) -> {
            float[] y = in.operand(1);
            kernels.int8ToFloat(bytes(in, in.at(0) + in.n()), in.at(0), y, in.at(1), in.n());
            return new Object[] {y};
        }));
        cases.add(new KernelCase("addIntegers", (kernels, in) -> {
            int cols = Math.min(PackedMatrix.PANEL, in.n());
            int stride = 3 * PackedMatrix.PANEL + 1;
            float[] x = new float[in.at(0) + 3 * stride];
            for (int i = 0; i < x.length; i++) {
                x[i] = in.random().nextInt(-(1 << 24), 1 << 24);
            }
            float[] y = in.floats(in.at(1) + 3 * (cols + 2));
            kernels.addIntegers(3, cols, 3, x, in.at(0), stride, y, in.at(1), cols + 1);
            return new Object[] {y};
        }));
    }

    private static Object[] byteProduct(Kernels kernels, Inputs in, int rows, int cols, int k) {
        float[] a = in.floats(in.at(0) + rows * (k + 1));
        int stride = k * PackedMatrix.PANEL + 7;
        byte[] panels = bytes(in, in.at(1) + (cols / PackedMatrix.PANEL + 1) * stride);
        float[] c = in.floats(in.at(2) + rows * (cols + 2) + 1);
        kernels.gemmInt8(rows, cols, k, a, in.at(0), k + 1, panels, in.at(1), stride, c, in.at(2), cols + 2);
        return new Object[] {c};
    }

    private static void quantised(List<KernelCase> cases) {
        cases.add(new KernelCase("quantizeCentred", (kernels, in) -> {
            float[] y = in.operand(1);
            kernels.quantizeCentred(in.operand(0), in.at(0), 0.03f, 131, y, in.at(1), in.n());
            return new Object[] {y};
        }));
        cases.add(new KernelCase("minMax", (kernels, in) -> {
            float[] minMax = {0, 0};
            kernels.minMax(in.operand(0), in.at(0), in.n(), minMax);
            return new Object[] {minMax};
        }));
        for (boolean signed : new boolean[] {false, true}) {
            String type = signed ? "int8" : "uint8";
            cases.add(new KernelCase("quantizeLinear8 " + type, (kernels, in) -> {
                byte[] y = bytes(in, in.at(1) + in.n() + 3);
                kernels.quantizeLinear8(in.operand(0), in.at(0), 0.03f, signed ? -7 : 131, signed ? -128 : 0,
                        signed ? 127 : 255, y, in.at(1), in.n());
                return new Object[] {y};
            }));
            cases.add(new KernelCase("dequantizeLinear8 " + type, (kernels, in) -> {
                float[] y = in.operand(1);
                kernels.dequantizeLinear8(bytes(in, in.at(0) + in.n()), signed, in.at(0), 0.03f, signed ? -7 : 131, y,
                        in.at(1), in.n());
                return new Object[] {y};
            }));
        }
        for (boolean accumulate : new boolean[] {false, true}) {
            cases.add(new KernelCase("addFloatToInt" + (accumulate ? " accumulate" : ""), (kernels, in) -> {
                float[] x = new float[in.at(0) + in.n()];
                for (int i = 0; i < x.length; i++) {
                    x[i] = in.random().nextInt(-(1 << 24), 1 << 24);
                }
                int[] y = ints(in, in.at(1) + in.n() + 3);
                kernels.addFloatToInt(x, in.at(0), y, in.at(1), in.n(), accumulate);
                return new Object[] {y};
            }));
        }
        cases.add(new KernelCase("intToFloat", (kernels, in) -> {
            float[] y = in.operand(1);
            kernels.intToFloat(ints(in, in.at(0) + in.n()), in.at(0), y, in.at(1), in.n());
            return new Object[] {y};
        }));
    }

    private static byte[] bytes(Inputs in, int size) {
        byte[] x = new byte[size];
        in.random().nextBytes(x);
        return x;
    }

    private static int[] ints(Inputs in, int size) {
        int[] x = new int[size];
        Arrays.setAll(x, i -> in.random().nextInt());
        return x;
    }

    /** The bits of all outputs; every NaN counts as the same. */
    static int[][] bits(Object[] outputs) {
        int[][] all = new int[outputs.length][];
        for (int o = 0; o < all.length; o++) {
            all[o] = switch (outputs[o]) {
                case float[] x -> {
                    int[] y = new int[x.length];
                    Arrays.setAll(y, i -> Float.floatToIntBits(x[i]));
                    yield y;
                }
                case byte[] x -> {
                    int[] y = new int[x.length];
                    Arrays.setAll(y, i -> x[i]);
                    yield y;
                }
                case int[] x -> x;
                default -> throw new IllegalArgumentException(outputs[o].getClass().getName());
            };
        }
        return all;
    }

    /** One number for the bits of this case over all lengths and shifts, with and without special values. */
    String fingerprint(Kernels kernels) {
        CRC32 crc = new CRC32();
        for (int n = 0; n <= LONGEST; n++) {
            for (int shift = 0; shift < SHIFTS.length; shift++) {
                for (boolean special : new boolean[] {false, true}) {
                    for (int[] array : bits(call.run(kernels, Inputs.of(n, shift, special)))) {
                        for (int v : array) {
                            crc.update(v);
                            crc.update(v >> 8);
                            crc.update(v >> 16);
                            crc.update(v >> 24);
                        }
                    }
                }
            }
        }
        return "%08x".formatted(crc.getValue());
    }
}
