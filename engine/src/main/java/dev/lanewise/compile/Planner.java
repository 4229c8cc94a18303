package dev.lanewise.compile;

import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Body;
import dev.lanewise.exec.CopyStep;
import dev.lanewise.exec.NestedStep;
import dev.lanewise.exec.Plan;
import dev.lanewise.exec.Plan.Place;
import dev.lanewise.exec.ReferenceStep;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Assumption;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Nested;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Lowers every node of a typed graph to a step, gives each value its place in memory, and drops steps that nobody reads. */
final class Planner {
    /** What lowering one node came to; a view has no step. */
    private record Lowered(String name, String operator, Supplier<Step> maker, List<Integer> reads,
            List<Integer> writes, boolean counts) {
    }

    /** Answer of {@link Lowering#view}; never called. */
    private record View(int input) implements Supplier<Step> {
        @Override
        public Step get() {
            throw new IllegalStateException("a view has no step");
        }
    }

    private final Graph graph;
    private final Kernels kernels;
    private final Packing packing;
    private final Function<Graph, Body> bodies;
    private final Map<Value, Integer> slotOf = new IdentityHashMap<>();
    private final List<Plan.Slot> slots = new ArrayList<>();
    private final List<Dim> dims = new ArrayList<>();
    private final List<Plan.Count> counts = new ArrayList<>();
    private final List<Lowered> lowered = new ArrayList<>();
    private final Set<Value> read = Collections.newSetFromMap(new IdentityHashMap<>());
    /** For each slot with memory of its own, how many reads of that memory, through whatever view, are still to come. */
    private final Map<Integer, Integer> readsLeft = new HashMap<>();
    private final Map<Value, List<Node>> readers;

    private Planner(Graph graph, Kernels kernels, Packing packing, Function<Graph, Body> bodies) {
        this.graph = graph;
        this.bodies = bodies;
        this.kernels = kernels;
        this.packing = packing;
        graph.nodes().forEach(n -> n.inputs().stream().filter(Objects::nonNull).forEach(read::add));
        read.addAll(graph.outputs());
        readers = graph.consumers();
    }

    /**
     * @param assumptions what must hold for the graph's shapes to be right
     * @param bodies compiles the graphs that operators have inside
     */
    static Plan plan(Graph graph, List<Assumption> assumptions, Kernels kernels, Packing packing,
            Function<Graph, Body> bodies) {
        return new Planner(graph, kernels, packing, bodies).plan(assumptions);
    }

    private Plan plan(List<Assumption> assumptions) {
        graph.inputs().forEach(v -> newSlot(v, Place.INPUT, -1));
        graph.nodes().forEach(this::lower);
        int[] outputs = placeOutputs();
        List<Lowered> kept = prune(outputs);
        boolean[] used = new boolean[slots.size()];
        kept.forEach(l -> l.reads.forEach(s -> used[root(s)] = true));
        Arrays.stream(outputs).forEach(s -> used[root(s)] = true);
        int[] inputs = graph.inputs().stream().mapToInt(slotOf::get).map(s -> used[s] ? s : -1).toArray();
        List<Plan.InputType> types = graph.inputs().stream()
                .map(v -> new Plan.InputType(v.name(), v.fact().type(), v.fact().shape(), v.fact())).toList();
        List<String> symbols = Stream.concat(graph.symbols().stream(), ElasticWidths.symbols(graph).stream()).toList();
        List<Plan.Entry> steps = kept.stream().map(Planner::entry).toList();
        return new Plan(symbols, List.copyOf(slots), steps, inputs, types, outputs, dims.toArray(Dim[]::new),
                List.copyOf(counts), checked(assumptions), conflicts(kept, outputs));
    }

    private static Plan.Entry entry(Lowered l) {
        int[] slots = Stream.concat(l.reads.stream(), l.writes.stream()).mapToInt(Integer::intValue).toArray();
        return new Plan.Entry(l.name, l.operator, l.maker, slots, l.counts);
    }

    /** What is taken for granted is checked before a run, when counts are not known. */
    private List<Assumption> checked(List<Assumption> assumptions) {
        for (Assumption a : assumptions) {
            if (isCounted(a.left()) || isCounted(a.right())) {
                throw new ModelFormatException(null, null, "sizes that only a run knows to meet none but themselves",
                        a.toString(), "use kept rows with kept rows of the same choice");
            }
        }
        return assumptions;
    }

    /** Whether an expression depends on a count. */
    private boolean isCounted(Dim d) {
        if (counts.isEmpty()) {
            return false;
        }
        boolean[] found = {false};
        d.eval(symbol -> {
            found[0] |= counts.stream().anyMatch(c -> c.symbol().equals(symbol));
            return 1;
        });
        return found[0];
    }

    private int newSlot(Value v, Place place, int root) {
        int index = slots.size();
        Fact f = v.fact();
        slots.add(new Plan.Slot(v.name(), f.type(), f.shape(), place, root < 0 ? index : root, f.constant()));
        slotOf.put(v, index);
        int reads = readers.getOrDefault(v, List.of()).size() + Collections.frequency(graph.outputs(), v);
        readsLeft.merge(root(index), reads, Integer::sum);
        return index;
    }

    private int root(int slot) {
        return slots.get(slot).root();
    }

    private int slot(Value v) {
        Integer slot = slotOf.get(v);
        return slot != null ? slot : newSlot(v, Place.CONSTANT, -1);
    }

    private void lower(Node n) {
        if (n.operator() instanceof Nested nested) {
            nested(n, nested);
            return;
        }
        boolean shaped = n.inputs().stream().allMatch(v -> v == null || v.fact().hasShape())
                && n.outputs().stream().allMatch(v -> v.fact().hasShape());
        Context context = new Context(n);
        Supplier<Step> maker = shaped && n.operator() instanceof Lowerable l ? l.lower(context) : null;
        if (maker instanceof View(int input)) {
            int from = slot(n.input(input));
            int slot = newSlot(n.output(), slots.get(from).place(), root(from));
            lowered.add(new Lowered(n.name(), n.operator().name(), null, List.of(from), List.of(slot),
                    false));
        } else if (maker != null) {
            List<Integer> writes = Stream.concat(n.outputs().stream().filter(slotOf::containsKey).map(slotOf::get),
                    context.workspaces.stream()).toList();
            lowered.add(new Lowered(n.name(), n.operator().name(), maker, List.copyOf(context.reads), writes,
                    context.counts));
        } else {
            reference(n);
        }
        n.inputs().stream().filter(slotOf::containsKey)
                .forEach(v -> readsLeft.merge(root(slotOf.get(v)), -1, Integer::sum));
    }

    private void reference(Node n) {
        onHeap(n, (in, out) -> () -> new ReferenceStep(n, in, out));
    }

    /** The graphs are compiled for what is known of the node's inputs. */
    private void nested(Node n, Nested operator) {
        List<Fact> facts = n.inputs().stream().map(v -> v == null ? null : v.fact()).toList();
        List<Body> made = operator.typed(facts).stream().map(bodies).toList();
        onHeap(n, (in, out) -> () -> new NestedStep(n, in, out, made));
    }

    /** A step whose outputs are arrays that it makes. */
    private void onHeap(Node n, BiFunction<int[], int[], Supplier<Step>> maker) {
        int[] in = n.inputs().stream().mapToInt(v -> v == null ? -1 : slot(v)).toArray();
        int[] out = n.outputs().stream()
                .mapToInt(v -> slotOf.containsKey(v) ? replaceSlot(v) : newSlot(v, Place.HEAP, -1)).toArray();
        lowered.add(new Lowered(n.name(), n.operator().name(), maker.apply(in, out),
                Arrays.stream(in).filter(s -> s >= 0).boxed().toList(), Arrays.stream(out).boxed().toList(), false));
    }

    /** An operator may have asked for its output's slot before it declined. */
    private int replaceSlot(Value v) {
        int slot = slotOf.get(v);
        setPlace(slot, Place.HEAP);
        return slot;
    }

    private void setPlace(int slot, Place place) {
        Plan.Slot s = slots.get(slot);
        slots.set(slot, new Plan.Slot(s.name(), s.type(), s.shape(), place, s.root(), s.constant()));
    }

    /** Outputs are written where they are wanted; one that is an input, a constant or another output is copied at the end. */
    private int[] placeOutputs() {
        int[] outputs = new int[graph.outputs().size()];
        for (int i = 0; i < outputs.length; i++) {
            Value v = graph.outputs().get(i);
            int slot = slot(v);
            switch (slots.get(root(slot)).place()) {
                case ARENA -> {
                    if (Arrays.stream(slots.get(slot).shape()).noneMatch(this::isCounted)) {
                        setPlaces(root(slot), Place.OUTPUT);
                    }
                }
                case INPUT, CONSTANT, OUTPUT -> slot = copied(slot, graph.outputNames().get(i));
                case HEAP -> {
                }
            }
            outputs[i] = slot;
        }
        return outputs;
    }

    private void setPlaces(int root, Place place) {
        for (int s = 0; s < slots.size(); s++) {
            if (root(s) == root) {
                setPlace(s, place);
            }
        }
    }

    private int copied(int from, String name) {
        Plan.Slot s = slots.get(from);
        int to = slots.size();
        boolean shaped = s.shape() != null;
        if (!shaped) {
            return from;
        }
        slots.add(new Plan.Slot(name, s.type(), s.shape(), Place.OUTPUT, to, null));
        lowered.add(new Lowered(name, "Copy", () -> new CopyStep(from, to), List.of(from), List.of(to), false));
        return to;
    }

    private List<Lowered> prune(int[] outputs) {
        boolean[] needed = new boolean[slots.size()];
        Arrays.stream(outputs).forEach(s -> needed[s] = true);
        List<Lowered> kept = new ArrayList<>();
        for (Lowered l : lowered.reversed()) {
            if (l.writes.stream().anyMatch(s -> needed[s])) {
                l.reads.forEach(s -> needed[s] = true);
                if (l.maker != null) {
                    kept.add(l);
                }
            }
        }
        return List.copyOf(kept.reversed());
    }

    private int[][] conflicts(List<Lowered> steps, int[] outputs) {
        Liveness liveness = new Liveness(slots.size());
        for (int i = 0; i < steps.size(); i++) {
            for (int s : steps.get(i).reads) {
                liveness.touch(root(s), i);
            }
            for (int s : steps.get(i).writes) {
                liveness.touch(root(s), i);
            }
        }
        Arrays.stream(outputs).forEach(s -> liveness.touch(root(s), steps.size()));
        boolean[] members = new boolean[slots.size()];
        Object[] storage = new Object[slots.size()];
        for (int s = 0; s < members.length; s++) {
            members[s] = root(s) == s && slots.get(s).place() == Place.ARENA;
            storage[s] = slots.get(s).type().storage();
        }
        return liveness.conflicts(members, storage);
    }

    private final class Context implements Lowering {
        private final Node node;
        private final List<Integer> reads = new ArrayList<>();
        private final List<Integer> workspaces = new ArrayList<>();
        private boolean counts;

        Context(Node node) {
            this.node = node;
        }

        @Override
        public Supplier<Step> view(int input) {
            return new View(input);
        }

        @Override
        public Node node() {
            return node;
        }

        @Override
        public Kernels kernels() {
            return kernels;
        }

        @Override
        public int input(int i) {
            int slot = slot(Objects.requireNonNull(node.input(i)));
            reads.add(slot);
            return slot;
        }

        @Override
        public int output(int i) {
            Value v = node.outputs().get(i);
            Integer slot = slotOf.get(v);
            return slot != null ? slot : newSlot(v, Place.ARENA, -1);
        }

        @Override
        public int outputOver(int i, int input) {
            Value v = node.outputs().get(i);
            int root = root(slot(node.input(input)));
            boolean isFree =
                    slots.get(root).place() == Place.ARENA && readsLeft.get(root) == 1 && !slotOf.containsKey(v)
                            && v.fact().type() == node.input(input).fact().type()
                            && v.fact().size().equals(node.input(input).fact().size());
            return isFree ? newSlot(v, Place.ARENA, root) : output(i);
        }

        @Override
        public int workspace(DataType type, Dim... shape) {
            int slot = slots.size();
            slots.add(new Plan.Slot(node.name() + " (workspace)", type, shape, Place.ARENA, slot, null));
            workspaces.add(slot);
            return slot;
        }

        @Override
        public boolean isRead(int output) {
            return read.contains(node.outputs().get(output));
        }

        @Override
        public int dim(Dim expression) {
            int known = dims.indexOf(expression);
            if (known < 0) {
                dims.add(expression);
                return dims.size() - 1;
            }
            return known;
        }

        @Override
        public int count(Dim symbol, Dim most) {
            if (Planner.this.counts.stream().anyMatch(c -> c.symbol().equals(symbol.toString()))) {
                throw new ModelFormatException(null, "node '" + node.name() + "'", "a count of its own",
                        symbol + ", which another node sets", "name it otherwise");
            }
            counts = true;
            Planner.this.counts.add(new Plan.Count(symbol.toString(), most));
            return Planner.this.counts.size() - 1;
        }

        @Override
        public <T> T pack(List<Tensor> constants, String kind, Supplier<T> maker) {
            return packing.get(constants, kind, maker);
        }

        @Override
        public <T> T pack(List<Tensor> constants, String kind, Supplier<T> maker, Unpacking<T> unpacking) {
            return packing.get(constants, kind, maker, unpacking);
        }
    }
}
