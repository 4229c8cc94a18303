package dev.lanewise.cli;

import dev.lanewise.InvalidInputException;
import dev.lanewise.LanewiseException;
import dev.lanewise.Tensor;
import dev.lanewise.compile.CompiledModel;
import dev.lanewise.exec.Arena;
import dev.lanewise.exec.Binding;
import dev.lanewise.exec.Plan;
import dev.lanewise.exec.Plan.Place;
import dev.lanewise.graph.Dim;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A plan bound to shapes of the inputs, for looking at.
 *
 * @param symbolic whether it is the plan that serves all shapes, not one made for these
 */
record BoundPlan(Plan plan, Binding binding, boolean symbolic) {

    static BoundPlan of(CompiledModel compiled, Map<String, int[]> shapes) {
        Plan symbolic = compiled.symbolicPlan();
        Tensor[] inputs = symbolic.inputTypes().stream().map(t -> Tensor.zeros(t.type(), shapes.get(t.name())))
                .toArray(Tensor[]::new);
        long[] values = symbolValues(symbolic, inputs);
        Plan plan = compiled.planFor(inputs, values);
        Binding binding = new Binding(plan, new Arena(), 1, compiled.options().maxActivationBytes());
        binding.bind(plan == symbolic ? values : new long[0]);
        return new BoundPlan(plan, binding, plan == symbolic);
    }

    private static long[] symbolValues(Plan plan, Tensor[] inputs) {
        long[] values = new long[plan.symbols().size()];
        Arrays.fill(values, -1);
        for (int i = 0; i < inputs.length; i++) {
            Plan.InputType type = plan.inputTypes().get(i);
            Dim[] declared = type.shape();
            if (declared != null && declared.length != inputs[i].rank()) {
                throw mismatch(type, inputs[i]);
            }
            for (int d = 0; declared != null && d < declared.length; d++) {
                int size = inputs[i].dim(d);
                int symbol = declared[d].isConstant() ? -1 : plan.symbols().indexOf(declared[d].toString());
                long due = symbol < 0 ? declared[d].value() : values[symbol];
                if (due >= 0 && due != size) {
                    throw mismatch(type, inputs[i]);
                }
                if (symbol >= 0) {
                    values[symbol] = size;
                }
            }
        }
        return values;
    }

    private static InvalidInputException mismatch(Plan.InputType type, Tensor found) {
        return new InvalidInputException(type.name(), type.type() + Arrays.toString(type.shape()), found.toString(),
                "give shapes that agree");
    }

    /** What the values take together, each at its place. */
    long arenaBytes() {
        long[] ends = new long[dev.lanewise.DataType.Storage.values().length];
        IntStream.range(0, plan.slots().size()).filter(this::ownsArena).forEach(i -> {
            int kind = plan.slots().get(i).type().storage().ordinal();
            ends[kind] = Math.max(ends[kind], (long) binding.frame().offset(i) + binding.frame().size(i));
        });
        return Arrays.stream(dev.lanewise.DataType.Storage.values()).mapToLong(s -> ends[s.ordinal()] * s.bytes())
                .sum();
    }

    private boolean ownsArena(int slot) {
        return plan.slots().get(slot).place() == Place.ARENA && plan.slots().get(slot).root() == slot;
    }

    /** Values of steps that make new arrays. */
    long heapValues() {
        return plan.slots().stream().filter(s -> s.place() == Place.HEAP).count();
    }

    /** The steps, then the values they work on. */
    String listing() {
        Table steps = new Table("rl").row("step", "operator", "node");
        for (int i = 0; i < plan.steps().size(); i++) {
            steps.row(i, plan.steps().get(i).operator(), LanewiseException.printable(plan.steps().get(i).name()));
        }
        Table slots = new Table("rlllrl").row("slot", "type", "shape", "place", "offset", "value");
        for (int i = 0; i < plan.slots().size(); i++) {
            Plan.Slot s = plan.slots().get(i);
            slots.row(i, s.type(), shape(i), s.root() == i ? place(s) : "view of " + s.root(),
                    ownsArena(i) ? binding.frame().offset(i) : "", LanewiseException.printable(s.name()));
        }
        return (symbolic ? "plan for all shapes" : "plan for these shapes only") + System.lineSeparator()
                + System.lineSeparator() + steps + System.lineSeparator() + slots;
    }

    private String shape(int slot) {
        Plan.Slot s = plan.slots().get(slot);
        return s.shape() == null ? "?" : Arrays.toString(binding.frame().shape(slot)).replace(" ", "");
    }

    private static String place(Plan.Slot s) {
        return s.place().name().toLowerCase(java.util.Locale.ROOT);
    }

    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("symbolic", symbolic);
        List<Map<String, Object>> steps = plan.steps().stream().map(e -> {
            Map<String, Object> step = new LinkedHashMap<>();
            step.put("operator", e.operator());
            step.put("node", e.name());
            return step;
        }).toList();
        document.put("steps", steps);
        document.put("slots", IntStream.range(0, plan.slots().size()).mapToObj(i -> {
            Plan.Slot s = plan.slots().get(i);
            Map<String, Object> slot = new LinkedHashMap<>();
            slot.put("name", s.name());
            slot.put("type", s.type());
            slot.put("shape", s.shape() == null ? null : binding.frame().shape(i));
            slot.put("place", place(s));
            slot.put("root", s.root());
            slot.put("offset", ownsArena(i) ? binding.frame().offset(i) : null);
            return slot;
        }).toList());
        return document;
    }
}
