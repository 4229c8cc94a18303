package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.FuzzModel.Item;
import dev.lanewise.loaders.onnx.FuzzModel.Leaf;
import dev.lanewise.loaders.onnx.FuzzModel.Unit;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** A random graph under construction. Each node is evaluated at once, so that what follows can be chosen to fit its values. */
final class FuzzGraph {
    /** Operators whose outputs are the same bits in every correct engine. */
    static final double EXACT = 0;
    /** Relative rounding of sums and elementary functions in FLOAT. */
    static final double ROUNDED = 1e-5;
    private static final int LARGEST = 3000;
    private static final int ATTEMPTS = 30;

    /** Nothing fits what a recipe wants. */
    static final class Unfit extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** A node that Lanewise refuses: an invalid one, unless ONNX Runtime takes it. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient FuzzModel unit;

        Refused(FuzzModel unit, Throwable cause) {
            super(cause);
            this.unit = unit;
        }

        FuzzModel unit() {
            return unit;
        }
    }

    final Random random;
    final FuzzValues values;
    private final int opset;
    private final Map<String, Leaf> leaves = new LinkedHashMap<>();
    private final Map<String, Item> items = new LinkedHashMap<>();
    private final List<Unit> units = new ArrayList<>();
    private final Set<String> pool = new LinkedHashSet<>();
    private int made;

    FuzzGraph(long seed, int opset) {
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.values = new FuzzValues(random, random.nextInt(4) == 0);
        this.opset = opset;
    }

    int opset() {
        return opset;
    }

    int units() {
        return units.size();
    }

    int pick(int from, int to) {
        return values.pick(from, to);
    }

    boolean chance() {
        return random.nextBoolean();
    }

    /** True once in {@code n} times. */
    boolean chance(int n) {
        return random.nextInt(n) == 0;
    }

    @SafeVarargs
    final <T> T one(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** One of the types, FLOAT half of the time where it is among them. */
    DataType type(DataType... types) {
        return chance() && List.of(types).contains(DataType.FLOAT) ? DataType.FLOAT : one(types);
    }

    String fresh() {
        return "v" + made++;
    }

    Item input(Tensor t) {
        String name = "in" + made++;
        Object[] dims = new Object[t.rank()];
        for (int d = 0; d < dims.length; d++) {
            dims[d] = chance(3) ? name + "_" + d : t.dim(d);
        }
        return leaf(name, new Leaf(t, List.of(dims)));
    }

    /** An input whose shape the model says. */
    Item fixed(Tensor t) {
        return leaf("in" + made++, Leaf.input(t));
    }

    Item constant(Tensor t) {
        return leaf("c" + made++, new Leaf(t, null));
    }

    /** Either. ONNX Runtime's Java interface takes no inputs of some types. */
    Item leaf(Tensor t) {
        return chance(3) || !OnnxRuntime.isInput(t.type()) ? constant(t) : input(t);
    }

    private Item leaf(String name, Leaf leaf) {
        leaves.put(name, leaf);
        Item item = new Item(name, leaf.tensor(), true);
        items.put(name, item);
        if (leaf.tensor().size() > 1) {
            pool.add(name);
        }
        return item;
    }

    /** An INT64 vector; mostly a constant, as exporters write shapes and axes. */
    Item longs(long... v) {
        return chance(6) ? fixed(Tensor.of(v, v.length)) : constant(Tensor.of(v, v.length));
    }

    Item longs(int... v) {
        return longs(Arrays.stream(v).asLongStream().toArray());
    }

    Item scalar(long v) {
        return chance(6) ? fixed(Tensor.scalar(v)) : constant(Tensor.scalar(v));
    }

    Item scalar(DataType type, double v) {
        return constant(dev.lanewise.op.elementwise.Cast.convert(Tensor.of(new double[] {v}), type));
    }

    /** A value of the graph that fits, or null. */
    Item found(Predicate<Item> fits) {
        List<Item> fitting = pool.stream().map(items::get)
                .filter(i -> i.tensor().size() <= LARGEST && fits.test(i)).toList();
        return fitting.isEmpty() ? null : fitting.get(random.nextInt(fitting.size()));
    }

    /** A value of that type and number of dimensions, mostly one that is there. */
    Item any(DataType type, int least, int most) {
        return any(type, least, most, i -> true);
    }

    Item any(DataType type, int least, int most, Predicate<Item> fits) {
        Item found = chance(4) ? null
                : found(i -> i.type() == type && i.rank() >= least && i.rank() <= most && fits.test(i));
        return found != null ? found : made(least, most, shape -> values.any(type, shape), fits);
    }

    /** A new value that fits. */
    private Item made(int least, int most, Function<int[], Tensor> maker, Predicate<Item> fits) {
        for (int i = 0; i < ATTEMPTS; i++) {
            Tensor t = maker.apply(values.shape(pick(least, most)));
            if (fits.test(new Item("", t, true))) {
                return leaf(t);
            }
        }
        throw new Unfit();
    }

    /** A value whose bits every engine has, for operators that jump. */
    Item exact(DataType type, int least, int most) {
        return any(type, least, most, Item::exact);
    }

    /** A value of that shape. */
    Item of(DataType type, int... shape) {
        Item found = chance() ? null : found(i -> i.type() == type && i.tensor().hasShape(shape));
        return found != null ? found : leaf(values.any(type, shape));
    }

    /** A value that broadcasts with {@code shape}. */
    Item broadcast(DataType type, int[] shape, Predicate<Item> fits) {
        Item found = chance(3) ? null : found(i -> i.type() == type && fits.test(i)
                && broadcasts(i.tensor().shape(), shape));
        if (found != null) {
            return found;
        }
        int[] own = chance(3) ? shape.clone() : Arrays.copyOfRange(shape, pick(0, shape.length), shape.length);
        for (int d = 0; d < own.length; d++) {
            own[d] = chance(4) ? 1 : own[d];
        }
        Tensor t = values.any(type, own);
        if (!fits.test(new Item("", t, true))) {
            throw new Unfit();
        }
        return leaf(t);
    }

    private static boolean broadcasts(int[] a, int[] b) {
        for (int d = 1; d <= Math.min(a.length, b.length); d++) {
            int x = a[a.length - d];
            int y = b[b.length - d];
            if (x != y && x != 1 && y != 1) {
                return false;
            }
        }
        return Math.max(a.length, b.length) <= 5;
    }

    static boolean isFinite(Item i) {
        return within(i, Float.MAX_VALUE);
    }

    /** Whether no element is NaN or larger than that. */
    static boolean within(Item i, double largest) {
        for (int k = 0; k < i.tensor().size(); k++) {
            if (i.type().isFloatingPoint()
                    && !(Math.abs(dev.lanewise.op.Elements.doubleAt(i.tensor(), k)) <= largest)) {
                return false;
            }
        }
        return true;
    }

    /** A node of the standard with one output; missing inputs are null, and so are attributes that are left out. */
    Item op(String type, double tolerance, List<Item> inputs, AttributeProto.Builder... attributes) {
        return ops("", type, tolerance, 1, inputs, attributes).getFirst();
    }

    Item contrib(String type, double tolerance, List<Item> inputs, AttributeProto.Builder... attributes) {
        return ops("com.microsoft", type, tolerance, 1, inputs, attributes).getFirst();
    }

    List<Item> ops(String domain, String type, double tolerance, int outputs, List<Item> inputs,
            AttributeProto.Builder... attributes) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < outputs; i++) {
            names.add(fresh());
        }
        List<String> in = new ArrayList<>();
        inputs.forEach(i -> in.add(i == null ? "" : i.name()));
        while (!in.isEmpty() && in.getLast().isEmpty()) {
            in.removeLast();
        }
        NodeProto.Builder node = NodeProto.newBuilder().setDomain(domain).setOpType(type).setName("n_" + names.get(0))
                .addAllInput(in).addAllOutput(names);
        Arrays.stream(attributes).filter(Objects::nonNull).forEach(node::addAttribute);
        return unit(new Unit(List.of(node.build()), inputs.stream().filter(Objects::nonNull).map(Item::name).distinct()
                .toList(), names, tolerance, 0));
    }

    /** Evaluates a unit and makes its outputs values of the graph. */
    List<Item> unit(Unit unit) {
        boolean exact = unit.tolerance() == EXACT && unit.steps() == 0
                && unit.inputs().stream().allMatch(n -> items.get(n).exact());
        List<Tensor> results = evaluate(unit);
        units.add(unit);
        List<Item> outputs = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            // ONNX Runtime leaves out roundings to FLOAT16 between operators that it computes in FLOAT
            boolean half = results.get(i).type().isFloatingPoint() && results.get(i).type().bits() == 16;
            Item item = new Item(unit.outputs().get(i), results.get(i), exact && !half);
            items.put(item.name(), item);
            if (unit.steps() == 0) {
                pool.add(item.name());
            }
            outputs.add(item);
        }
        return outputs;
    }

    private List<Tensor> evaluate(Unit unit) {
        FuzzModel model = new FuzzModel(opset, List.of(unit), leaves, items, List.of()).part(unit);
        try {
            return FuzzReference.outputs(model);
        } catch (RuntimeException e) {
            throw new Refused(model, e);
        }
    }

    /** Values that nothing reads and some others are the outputs. */
    FuzzModel build() {
        Set<String> read = new LinkedHashSet<>();
        units.forEach(u -> read.addAll(u.inputs()));
        List<String> outputs = new ArrayList<>();
        for (Unit u : units) {
            for (String o : u.outputs()) {
                if (!read.contains(o) || chance(5)) {
                    outputs.add(o);
                }
            }
        }
        return new FuzzModel(opset, units, leaves, items, outputs).live();
    }
}
