package dev.lanewise.exec;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Assumption;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A plan in one session: its steps, its frame, and the sizes it is bound to at present. Binding other sizes evaluates the
 * dimension expressions, places the buffers in the arena by first fit, and lets each step work out its loops; it allocates
 * only where the arena or a step's scratch memory must grow.
 */
public final class Binding {
    private final Plan plan;
    private final Arena arena;
    private final long maxBytes;
    private final Frame frame;
    private final Step[] steps;
    private final Sizes sizes;
    private final Placement placement;
    private boolean bound;

    public Binding(Plan plan, Arena arena, int workers, long maxBytes) {
        this.plan = plan;
        this.arena = arena;
        this.maxBytes = maxBytes;
        this.frame = new Frame(plan.roots(), plan.dims().length, plan.counts().size(), new Scratch(workers));
        this.steps = plan.steps().stream().map(e -> e.maker().get()).toArray(Step[]::new);
        for (int i = 0; i < steps.length; i++) {
            if (plan.steps().get(i).counts()) {
                steps[i] = new Counting(steps[i], i + 1);
            }
        }
        this.sizes = new Sizes(plan, frame);
        this.placement = new Placement(plan);
    }

    /** A step that sets counts: where they are others than before, the steps from {@code next} on are bound anew. */
    private final class Counting implements Step {
        private final Step step;
        private final int next;

        Counting(Step step, int next) {
            this.step = step;
            this.next = next;
        }

        @Override
        public void bind(Frame f) {
            step.bind(f);
        }

        @Override
        public void run(Frame f, Workers workers) {
            step.run(f, workers);
            if (sizes.takeCounts()) {
                bound = false;
                for (int i = next; i < steps.length; i++) {
                    steps[i].bind(f);
                }
                bound = true;
            }
        }
    }

    public Plan plan() {
        return plan;
    }

    public Frame frame() {
        return frame;
    }

    public Step[] steps() {
        return steps;
    }

    /** Whether the assumptions of the plan hold for these symbol values. */
    public static boolean holds(Plan plan, long[] values) {
        if (plan.assumptions().isEmpty()) {
            return true;
        }
        ToLongFunction<String> lookup = name -> values[plan.symbols().indexOf(name)];
        for (Assumption a : plan.assumptions()) {
            if (!a.holds(lookup)) {
                return false;
            }
        }
        return true;
    }

    /** Binds the symbols to values; returns at once when they are the present ones. */
    public boolean bind(long[] values) {
        if (bound && sizes.areAt(values)) {
            return false;
        }
        bound = false;
        sizes.evaluate(values);
        place();
        for (Step s : steps) {
            s.bind(frame);
        }
        bound = true;
        return true;
    }

    private void place() {
        placement.place(sizes, slot -> sizes.slots[slot]);
        long bytes = placement.bytes();
        List<Plan.Slot> slots = plan.slots();
        for (int i = 0; i < slots.size(); i++) {
            Plan.Slot slot = slots.get(i);
            if (slot.root() == i && (slot.place() == Plan.Place.OUTPUT || slot.place() == Plan.Place.HEAP)) {
                bytes += (long) sizes.slots[i] * slot.type().storage().bytes();
            }
        }
        Sizes.checkBytes(bytes, maxBytes);
        for (int i = 0; i < slots.size(); i++) {
            if (slots.get(i).place() == Plan.Place.ARENA && slots.get(i).root() == i) {
                frame.arrays[i] = placement.array(arena, i);
                frame.offsets[i] = placement.offset(i);
            }
        }
    }

    /** Gives the arrays of one input. */
    public void input(int index, Tensor tensor) {
        int slot = plan.inputs()[index];
        if (slot >= 0) {
            frame.arrays[slot] = tensor.array();
            if (plan.slots().get(slot).shape() == null) {
                frame.shapes[slot] = tensor.shape();
            }
        }
    }

    /**
     * Whether output {@code index} is written to an array that the caller gives; if not, a reference evaluation makes it, or its size
     * is known after the run alone.
     */
    public boolean writesOutput(int index) {
        return plan.slots().get(plan.outputs()[index]).place() == Plan.Place.OUTPUT;
    }

    /** Gives the array that output {@code index} is written to. */
    public void output(int index, Object array) {
        frame.arrays[frame.root(plan.outputs()[index])] = array;
    }

    /** Dimensions of output {@code index}; before the run only where the plan knows them, else null. */
    public int[] outputShape(int index, boolean afterRun) {
        int slot = plan.outputs()[index];
        boolean known = plan.slots().get(slot).shape() != null && plan.slots().get(slot).place() != Plan.Place.ARENA;
        return afterRun || known ? frame.shape(slot) : null;
    }

    /** Output {@code index} after a run, where it was not written to the caller's array: a copy of its own. */
    public Tensor heapOutput(int index) {
        int slot = plan.outputs()[index];
        return HeapValues.copy(HeapValues.tensor(frame, slot, plan.slots().get(slot).type()));
    }

    /** The same without a copy, but for the arena's memory: it may share that of an input or a constant. */
    Tensor ownOutput(int index) {
        int slot = plan.outputs()[index];
        Tensor t = HeapValues.tensor(frame, slot, plan.slots().get(slot).type());
        return plan.slots().get(slot).place() == Plan.Place.ARENA && t.array() == frame.array(slot) ? HeapValues.copy(t)
                : t;
    }

    /** Lets go of the caller's arrays after a run. */
    public void release() {
        for (int slot : plan.inputs()) {
            if (slot >= 0) {
                frame.arrays[slot] = null;
            }
        }
        for (int slot : plan.outputs()) {
            if (plan.slots().get(slot).place() == Plan.Place.OUTPUT) {
                frame.arrays[frame.root(slot)] = null;
            }
        }
    }
}
