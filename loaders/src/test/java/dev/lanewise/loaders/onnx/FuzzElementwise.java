package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.FuzzGraph.EXACT;
import static dev.lanewise.loaders.onnx.FuzzGraph.ROUNDED;
import static dev.lanewise.loaders.onnx.FuzzRecipe.FLOATS;
import static dev.lanewise.loaders.onnx.FuzzRecipe.INTEGERS;
import static dev.lanewise.loaders.onnx.FuzzRecipe.NUMBERS;
import static dev.lanewise.loaders.onnx.FuzzRecipe.flag;
import static dev.lanewise.loaders.onnx.FuzzRecipe.when;
import static dev.lanewise.loaders.onnx.FuzzRecipe.with;
import static dev.lanewise.loaders.onnx.OnnxModels.integer;
import static dev.lanewise.loaders.onnx.OnnxModels.real;
import static dev.lanewise.loaders.onnx.OnnxModels.text;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.FuzzModel.Item;
import dev.lanewise.op.Elements;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Arithmetic, elementary functions, activations, comparisons, logic and casts. */
final class FuzzElementwise {
    private static final DataType[] SIGNED = {DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.INT64,
        DataType.INT32, DataType.INT16, DataType.INT8};

    private FuzzElementwise() {
    }

    static List<FuzzRecipe> recipes() {
        List<FuzzRecipe> all = new ArrayList<>();
        unary(all);
        activations(all);
        for (String type : List.of("Add", "Sub", "Mul", "Div")) {
            all.add(FuzzRecipe.of(type, 6, g -> arithmetic(g, type)));
        }
        all.add(FuzzRecipe.of("Pow", 7, FuzzElementwise::power));
        all.add(FuzzRecipe.of("Mod", 10, FuzzElementwise::modulo));
        all.add(FuzzRecipe.of("PRelu", 7, g -> {
            Item x = g.any(g.type(FLOATS), 1, 4);
            Item slope = g.leaf(g.values.any(x.type(), one(g, Arrays.copyOfRange(x.tensor().shape(),
                    g.pick(0, x.rank() - 1), x.rank()))));
            g.op("PRelu", EXACT, List.of(x, slope));
        }));
        for (String type : List.of("Min", "Max", "Sum", "Mean")) {
            all.add(FuzzRecipe.of(type, 6, g -> many(g, type)));
        }
        logic(all);
        all.add(FuzzRecipe.of("Clip", 6, FuzzElementwise::clip));
        all.add(FuzzRecipe.of("Cast", 6, FuzzElementwise::cast));
        all.add(FuzzRecipe.of("CastLike", 15, FuzzElementwise::castLike));
        all.add(FuzzRecipe.of("Where", 9, g -> {
            Item a = g.any(g.type(with(NUMBERS, DataType.BOOL, DataType.STRING)), 0, 4);
            Item b = g.broadcast(a.type(), a.tensor().shape(), i -> true);
            Item c = g.broadcast(DataType.BOOL, a.tensor().shape(), i -> i.tensor().size() <= a.tensor().size()
                    && i.rank() <= a.rank());
            g.op("Where", EXACT, List.of(c, a, b));
        }));
        return all;
    }

    private static int[] one(FuzzGraph g, int[] shape) {
        for (int d = 0; d < shape.length; d++) {
            shape[d] = g.chance(3) ? 1 : shape[d];
        }
        return shape;
    }

    private static void unary(List<FuzzRecipe> all) {
        for (String type : List.of("Abs", "Neg")) {
            all.add(FuzzRecipe.of(type, 6, g -> g.op(type, EXACT, List.of(g.any(g.type(SIGNED), 0, 5)))));
        }
        all.add(FuzzRecipe.of("Sign", 9, g -> g.op("Sign", EXACT, List.of(g.exact(g.type(NUMBERS), 0, 5)))));
        for (String type : List.of("Ceil", "Floor")) {
            all.add(FuzzRecipe.of(type, 6, g -> g.op(type, EXACT, List.of(g.exact(g.type(FLOATS), 0, 5)))));
        }
        all.add(FuzzRecipe.of("Round", 11, g -> g.op("Round", EXACT, List.of(g.exact(g.type(FLOATS), 0, 5)))));
        for (String type : List.of("Sqrt", "Reciprocal")) {
            all.add(FuzzRecipe.of(type, 6, g -> g.op(type, EXACT, List.of(g.any(g.type(FLOATS), 0, 5)))));
        }
        all.add(FuzzRecipe.of("IsNaN", 9, g -> g.op("IsNaN", EXACT, List.of(g.exact(g.type(FLOATS), 0, 5)))));
        all.add(FuzzRecipe.of("IsInf", 10, g -> g.op("IsInf", EXACT, List.of(g.exact(g.type(g.opset() < 20
                ? new DataType[] {DataType.FLOAT, DataType.DOUBLE} : FLOATS), 0, 5)),
                flag("detect_negative", g.chance()), flag("detect_positive", g.chance()))));
        function(all, 6, "Exp", "Log", "Tanh", "Sigmoid", "Softsign", "Softplus");
        function(all, 7, "Sin", "Cos", "Tan", "Asin", "Acos", "Atan");
        function(all, 9, "Sinh", "Cosh", "Asinh", "Acosh", "Atanh", "Erf");
        function(all, 14, "HardSwish");
        function(all, 18, "Mish");
    }

    private static void function(List<FuzzRecipe> all, int since, String... types) {
        for (String type : types) {
            all.add(FuzzRecipe.of(type, since,
                    g -> g.op(type, ROUNDED, List.of(g.any(g.type(FLOATS), 0, 5)))));
        }
    }

    private static void activations(List<FuzzRecipe> all) {
        all.add(FuzzRecipe.of("Relu", 6, g -> g.op("Relu", EXACT, List.of(g.any(g.type(g.opset() < 14 ? FLOATS
                : SIGNED), 0, 5)))));
        for (String type : List.of("Elu", "LeakyRelu", "HardSigmoid", "Selu")) {
            all.add(FuzzRecipe.of(type, 6, g -> g.op(type, ROUNDED, List.of(g.any(g.type(FLOATS), 0, 5)),
                    when(g.chance(), real("alpha", g.one(0.3f, 1f, 0f, 2.5f))),
                    when(g.chance() && type.equals("HardSigmoid"), real("beta", g.one(0.1f, 1f))),
                    when(g.chance() && type.equals("Selu"), real("gamma", g.one(0.5f, 1.2f))))));
        }
        all.add(FuzzRecipe.of("Celu", 12, g -> g.op("Celu", ROUNDED, List.of(g.any(g.type(FLOATS), 0, 5)),
                when(g.chance(), real("alpha", g.one(0.5f, 2f))))));
        all.add(FuzzRecipe.of("ThresholdedRelu", 10, g -> g.op("ThresholdedRelu", EXACT,
                List.of(g.exact(g.type(FLOATS), 0, 5)), when(g.chance(), real("alpha", g.one(0f, 0.5f, -1f))))));
        all.add(FuzzRecipe.of("Shrink", 9, g -> g.op("Shrink", ROUNDED, List.of(g.exact(g.type(NUMBERS), 0, 5)),
                when(g.chance(), real("lambd", g.one(0.5f, 1f, 2f))), when(g.chance(), real("bias", g.one(0f, 1f))))));
        all.add(FuzzRecipe.of("Gelu", 20, g -> g.op("Gelu", ROUNDED, List.of(g.any(g.type(FLOATS), 0, 5)),
                when(g.chance(), text("approximate", g.one("none", "tanh"))))));
        all.add(FuzzRecipe.of("Swish", 24, g -> g.op("Swish", ROUNDED, List.of(g.any(g.type(FLOATS), 0, 5)),
                when(g.chance(), real("alpha", g.one(1f, 1.7f))))));
    }

    private static void arithmetic(FuzzGraph g, String type) {
        DataType t = g.type(g.opset() < 7 ? FuzzRecipe.COMMON : g.opset() < 14 ? FuzzRecipe.COMMON : NUMBERS);
        Item a = g.any(t, 0, 4);
        if (g.opset() < 7) {
            unidirectional(g, type, a);
            return;
        }
        Item b = type.equals("Div") && t.isInteger() ? divisor(g, a)
                : g.broadcast(t, a.tensor().shape(), i -> true);
        boolean swap = g.chance() && !type.equals("Div");
        g.op(type, EXACT, swap ? List.of(b, a) : List.of(a, b));
    }

    /** Before operator set 7 the second operand was only broadcast where an attribute said so, from an axis on. */
    private static void unidirectional(FuzzGraph g, String type, Item a) {
        int from = g.pick(0, a.rank());
        int to = g.pick(from, a.rank());
        int[] shape = Arrays.copyOfRange(a.tensor().shape(), from, to);
        boolean whole = from == 0 && to == a.rank();
        Item b = g.leaf(type.equals("Div") && a.type().isInteger()
                ? g.values.between(a.type(), 1, 5, shape) : g.values.any(a.type(), shape));
        g.op(type, EXACT, List.of(a, b), when(!whole, integer("broadcast", 1)),
                when(!whole && to < a.rank() || !whole && g.chance(), integer("axis", from)));
    }

    /** Not 0, and no -1, since the least integer divided by it overflows. */
    private static Item divisor(FuzzGraph g, Item a) {
        int[] shape = one(g, a.tensor().shape().clone());
        Tensor t = g.values.between(a.type(), 1, 7, shape);
        for (int i = 0; i < t.size() && !a.type().isUnsigned(); i++) {
            long v = Elements.integer(a.type(), t.array(), i);
            Elements.setInteger(a.type(), t.array(), i, g.chance(3) ? -v - 1 : v);
        }
        return g.leaf(t);
    }

    private static void power(FuzzGraph g) {
        DataType t = g.type(g.opset() < 12 ? new DataType[] {DataType.FLOAT, DataType.DOUBLE}
                : new DataType[] {DataType.FLOAT, DataType.DOUBLE, DataType.INT32, DataType.INT64});
        Item a = g.any(t, 0, 4);
        if (t.isInteger()) {
            // integers of a power are those of the type only where nothing overflows
            Item base = g.leaf(g.values.between(t, -5, 5, g.values.shape(g.pick(0, 3))));
            DataType e = g.one(DataType.INT32, DataType.INT64, DataType.FLOAT);
            g.op("Pow", EXACT, List.of(base, g.leaf(e.isInteger() ? g.values.between(e, 0, 4)
                    : g.values.reals(e, 2, 2))));
            return;
        }
        DataType e = g.opset() < 12 || g.chance() ? t : g.one(DataType.FLOAT, DataType.INT32, DataType.INT64);
        g.op("Pow", ROUNDED, List.of(a, g.broadcast(e, a.tensor().shape(), i -> FuzzGraph.within(i, 20))));
    }

    private static void modulo(FuzzGraph g) {
        DataType t = g.type(NUMBERS);
        Item a = g.exact(t, 0, 4);
        Item b = t.isInteger() ? divisor(g, a) : g.broadcast(t, a.tensor().shape(), Item::exact);
        g.op("Mod", EXACT, List.of(a, b), flag("fmod", !t.isInteger() || g.chance()));
    }

    private static void many(FuzzGraph g, String type) {
        boolean wide = g.opset() >= 12 && (type.equals("Min") || type.equals("Max"));
        Item a = g.any(g.type(wide ? NUMBERS : FLOATS), 0, 4);
        List<Item> inputs = new ArrayList<>(List.of(a));
        for (int i = g.pick(0, 3); i > 0; i--) {
            inputs.add(g.opset() < 8 ? g.of(a.type(), a.tensor().shape())
                    : g.broadcast(a.type(), a.tensor().shape(), x -> x.tensor().size() <= a.tensor().size()
                            && x.rank() <= a.rank()));
        }
        g.op(type, type.startsWith("M") && !type.equals("Mean") ? EXACT : ROUNDED, inputs);
    }

    private static void logic(List<FuzzRecipe> all) {
        for (String type : List.of("And", "Or", "Xor")) {
            all.add(FuzzRecipe.of(type, 7, g -> {
                Item a = g.any(DataType.BOOL, 0, 4);
                g.op(type, EXACT, List.of(a, g.broadcast(DataType.BOOL, a.tensor().shape(), i -> true)));
            }));
        }
        all.add(FuzzRecipe.of("Not", 6, g -> g.op("Not", EXACT, List.of(g.any(DataType.BOOL, 0, 5)))));
        for (String type : List.of("Equal", "Greater", "Less", "GreaterOrEqual", "LessOrEqual")) {
            int since = type.endsWith("OrEqual") ? 12 : 7;
            all.add(FuzzRecipe.of(type, since, g -> {
                DataType[] types = type.equals("Equal") ? g.opset() < 11
                        ? new DataType[] {DataType.INT32, DataType.INT64, DataType.BOOL}
                        : with(NUMBERS, g.opset() < 19 ? DataType.BOOL : DataType.STRING) : g.opset() < 9 ? FLOATS
                        : NUMBERS;
                Item a = g.exact(g.type(types), 0, 4);
                g.op(type, EXACT, List.of(a, g.broadcast(a.type(), a.tensor().shape(), Item::exact)));
            }));
        }
        for (String type : List.of("BitwiseAnd", "BitwiseOr", "BitwiseXor")) {
            all.add(FuzzRecipe.of(type, 18, g -> {
                Item a = g.any(g.one(INTEGERS), 0, 4);
                g.op(type, EXACT, List.of(a, g.broadcast(a.type(), a.tensor().shape(), i -> true)));
            }));
        }
        all.add(FuzzRecipe.of("BitwiseNot", 18, g -> g.op("BitwiseNot", EXACT, List.of(g.any(g.one(INTEGERS), 0,
                4)))));
        all.add(FuzzRecipe.of("BitShift", 11, g -> {
            Item a = g.any(g.one(DataType.UINT8, DataType.UINT16, DataType.UINT32, DataType.UINT64), 0, 4);
            Item by = g.leaf(g.values.between(a.type(), 0, a.type().bits() - 1, one(g, a.tensor().shape().clone())));
            g.op("BitShift", EXACT, List.of(a, by), text("direction", g.one("LEFT", "RIGHT")));
        }));
    }

    private static void clip(FuzzGraph g) {
        DataType t = g.type(g.opset() < 12 ? FLOATS : NUMBERS);
        Item x = g.any(t, 0, 5);
        int low = t.isUnsigned() ? 1 : -2;
        if (g.opset() < 11) {
            g.op("Clip", EXACT, List.of(x), when(g.chance(), real("min", low)), when(g.chance(), real("max", 2.5f)));
            return;
        }
        g.op("Clip", EXACT, Arrays.asList(x, g.chance() ? null : g.scalar(t, low), g.chance() ? null
                : g.scalar(t, g.one(3, low - 1 + (t.isUnsigned() ? 1 : 0)))));
    }

    /** Floats become integers where these can hold them; what is said of others is up to the engine. */
    private static void cast(FuzzGraph g) {
        DataType to = g.one(with(NUMBERS, DataType.BOOL, DataType.BFLOAT16));
        Item x = castable(g, to);
        g.op("Cast", EXACT, List.of(x), integer("to", ElementTypes.number(to)));
    }

    private static void castLike(FuzzGraph g) {
        Item like = g.any(g.one(with(NUMBERS, DataType.BOOL)), 0, 3);
        g.op("CastLike", EXACT, List.of(castable(g, like.type()), like));
    }

    private static Item castable(FuzzGraph g, DataType to) {
        DataType from = g.one(with(NUMBERS, DataType.BOOL, g.opset() < 13 ? DataType.FLOAT : DataType.BFLOAT16));
        boolean jumps = from.isFloatingPoint() && !to.isFloatingPoint();
        double most = to.isFloatingPoint() || to == DataType.BOOL ? Double.MAX_VALUE : 100;
        return g.any(from, 0, 4, i -> (!jumps || i.exact()) && (!jumps || FuzzGraph.within(i, most) && (!to.isUnsigned()
                || isPositive(i))) && to != DataType.FLOAT16 | i.exact());
    }

    private static boolean isPositive(Item x) {
        for (int i = 0; i < x.tensor().size(); i++) {
            if (!(Elements.doubleAt(x.tensor(), i) >= 0)) {
                return false;
            }
        }
        return true;
    }
}
