package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.FuzzModel.Leaf;
import dev.lanewise.loaders.onnx.OperatorNames.Name;
import dev.lanewise.loaders.onnx.OperatorTrial.Kind;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import dev.lanewise.op.elementwise.Cast;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The table of supported operators: all that trials of their samples show. */
final class OperatorTable {
    private static final Map<String, Set<DataType>> GROUPS = new LinkedHashMap<>();

    static {
        GROUPS.put("floats", EnumSet.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16));
        GROUPS.put("integers", EnumSet.of(DataType.INT64, DataType.INT32, DataType.INT16, DataType.INT8,
                DataType.UINT64, DataType.UINT32, DataType.UINT16, DataType.UINT8));
        GROUPS.put("float8", EnumSet.of(DataType.FLOAT8E4M3FN, DataType.FLOAT8E4M3FNUZ, DataType.FLOAT8E5M2,
                DataType.FLOAT8E5M2FNUZ));
        GROUPS.put("narrow integers",
                EnumSet.of(DataType.INT4, DataType.INT2, DataType.UINT4, DataType.UINT2));
    }

    private final Name name;
    private final OperatorSamples samples;
    /** For each input the types that it may have. */
    private final List<Set<DataType>> types = new ArrayList<>();
    /** What runs, by the type of the first input. */
    private final Map<DataType, Kind> kinds = new EnumMap<>(DataType.class);
    private final Set<String> made = new TreeSet<>();
    private Kind fastest = Kind.NONE;

    private OperatorTable(Name name, OperatorSamples samples) {
        this.name = name;
        this.samples = samples;
        samples.of(name).forEach(this::observe);
    }

    /** The whole table. */
    static String text(Set<Name> names, OperatorSamples samples) {
        StringBuilder rows = new StringBuilder("""
                | operator | operator sets | types by input | runs on | notes |
                | --- | --- | --- | --- | --- |
                """);
        for (Name name : names) {
            OperatorTable t = new OperatorTable(name, samples);
            rows.append("| ").append(String.join(" | ", name.toString(), t.opsets(), t.types(), t.kinds(), t.notes()))
                    .append(" |\n");
        }
        return rows.toString();
    }

    private void observe(FuzzModel sample) {
        List<NodeProto> nodes = sample.units().getFirst().nodes();
        NodeProto node = nodes.stream().filter(n -> Name.of(n).equals(name)).findFirst().orElseThrow();
        boolean isAlone = nodes.size() == 1;
        OperatorTrial trial = OperatorTrial.of(sample);
        if (trial == null) {
            throw new IllegalStateException("a sample of " + name + " is refused: " + sample);
        }
        fastest = faster(fastest, trial.kind());
        if (isAlone) {
            made.addAll(trial.made());
        }
        for (int i = 0; i < node.getInputCount(); i++) {
            if (types.size() <= i) {
                types.add(EnumSet.noneOf(DataType.class));
            }
            if (sample.leaves().containsKey(node.getInput(i))) {
                observe(sample, node.getInput(i), i, isAlone && i == 0);
            }
        }
    }

    /** Which types input {@code i}, a value of that name, may have; alone, or with those that have its type now. */
    private void observe(FuzzModel sample, String value, int i, boolean isFirst) {
        for (DataType type : elements()) {
            for (boolean all : isShared(sample, value) ? new boolean[] {false, true} : new boolean[] {false}) {
                OperatorTrial trial = types.get(i).contains(type) && !isFirst ? null
                        : OperatorTrial.of(with(sample, value, type, all));
                if (trial != null) {
                    types.get(i).add(type);
                    if (isFirst) {
                        kinds.merge(type, trial.kind(), OperatorTable::faster);
                    }
                    break;
                }
            }
        }
    }

    /** Whether another value has the type of this one. */
    private static boolean isShared(FuzzModel m, String value) {
        DataType type = m.leaves().get(value).tensor().type();
        return m.leaves().values().stream().filter(l -> l.tensor().type() == type).count() > 1;
    }

    private static Kind faster(Kind a, Kind b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    /** With another element type for one value, and where {@code all} for those that had the same. */
    private static FuzzModel with(FuzzModel m, String changed, DataType type, boolean all) {
        DataType before = m.leaves().get(changed).tensor().type();
        Map<String, Leaf> leaves = new LinkedHashMap<>();
        m.leaves().forEach((n, leaf) -> {
            boolean change = n.equals(changed) || all && leaf.tensor().type() == before;
            leaves.put(n, change ? new Leaf(converted(leaf.tensor(), type), leaf.dims()) : leaf);
        });
        return new FuzzModel(m.opset(), m.units(), leaves, Map.of(), m.outputs());
    }

    private static Tensor converted(Tensor t, DataType type) {
        return t.type() == DataType.STRING && type != t.type() ? Tensor.zeros(type, t.shape()) : Cast.convert(t, type);
    }

    private String opsets() {
        SortedSet<Integer> compared = samples.compared(name);
        return compared.isEmpty() ? ranges(samples.alone(name)) + " (not compared)" : ranges(compared);
    }

    private static String ranges(SortedSet<Integer> numbers) {
        List<String> parts = new ArrayList<>();
        for (int n : numbers) {
            if (!numbers.contains(n - 1)) {
                int last = n;
                while (numbers.contains(last + 1)) {
                    last++;
                }
                parts.add(last == n ? "" + n : n + " to " + last);
            }
        }
        return String.join(", ", parts);
    }

    /** Inputs with the same types together. */
    private String types() {
        Map<String, List<Integer>> inputs = new LinkedHashMap<>();
        for (int i = 0; i < types.size(); i++) {
            if (!types.get(i).isEmpty()) {
                inputs.computeIfAbsent(text(types.get(i)), k -> new ArrayList<>()).add(i);
            }
        }
        return inputs.entrySet().stream().map(e -> e.getValue().stream().map(String::valueOf)
                .collect(Collectors.joining(", ")) + ": " + e.getKey()).collect(Collectors.joining("; "));
    }

    private static String text(Set<DataType> types) {
        if (types.size() == elements().size()) {
            return "all";
        }
        Set<DataType> left = EnumSet.copyOf(types);
        List<String> parts = new ArrayList<>();
        GROUPS.forEach((group, members) -> {
            if (left.containsAll(members)) {
                parts.add(group);
                left.removeAll(members);
            }
        });
        left.forEach(t -> parts.add(t.name()));
        return String.join(" ", parts);
    }

    private static Set<DataType> elements() {
        return Arrays.stream(DataType.values()).filter(DataType::isElement)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(DataType.class)));
    }

    private String kinds() {
        Map<Kind, Set<DataType>> byKind = new EnumMap<>(Kind.class);
        kinds.forEach((type, kind) -> byKind.computeIfAbsent(kind, k -> EnumSet.noneOf(DataType.class)).add(type));
        return byKind.size() < 2 ? fastest.toString()
                : byKind.entrySet().stream().map(e -> e.getKey() + " (" + text(e.getValue()) + ")")
                        .collect(Collectors.joining(", "));
    }

    private String notes() {
        return made.isEmpty() || made.equals(Set.of(name.type())) ? "" : "read as " + String.join(", ", made);
    }
}
