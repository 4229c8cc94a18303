package dev.lanewise.exec;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Assumption;
import dev.lanewise.graph.Dim;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A plan in one session: its steps, its frame, and the sizes it is bound to at present. Binding other sizes evaluates the
 * dimension expressions, places the buffers in the arena by first fit, and lets each step work out its loops; it allocates
 * only where the arena or a step's scratch memory must grow.
 */
public final class Binding implements ToLongFunction<String> {
    /** Buffers start at multiples of this many elements. */
    private static final int ALIGNMENT = 16;
    /** First offset: with an array's header of 16 bytes, buffers of floats fall on cache lines where the array does. */
    private static final int FIRST = 12;

    private final Plan plan;
    private final Arena arena;
    private final long maxBytes;
    private final Frame frame;
    private final Step[] steps;
    private final long[] symbols;
    private final int[] sizes;
    private final long[] ends = new long[DataType.Storage.values().length];
    private final Dim[][] shapes;
    private boolean bound;

    public Binding(Plan plan, Arena arena, int workers, long maxBytes) {
        this.plan = plan;
        this.arena = arena;
        this.maxBytes = maxBytes;
        this.frame = new Frame(plan.roots(), plan.dims().length, workers);
        this.steps = plan.steps().stream().map(e -> e.maker().get()).toArray(Step[]::new);
        this.symbols = new long[plan.symbols().size()];
        this.sizes = new int[plan.slots().size()];
        this.shapes = plan.slots().stream().map(Plan.Slot::shape).toArray(Dim[][]::new);
        for (int i = 0; i < sizes.length; i++) {
            Plan.Slot slot = plan.slots().get(i);
            frame.shapes[i] = slot.shape() == null ? new int[0] : new int[slot.shape().length];
            if (slot.place() == Plan.Place.CONSTANT && slot.root() == i) {
                frame.arrays[i] = slot.constant().array();
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

    /** Value of a symbol under the present binding. */
    @Override
    public long applyAsLong(String symbol) {
        List<String> names = plan.symbols();
        for (int i = 0; i < symbols.length; i++) {
            if (names.get(i).equals(symbol)) {
                return symbols[i];
            }
        }
        throw new IllegalStateException("symbol " + symbol + " is not defined by any input");
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
        if (bound && Arrays.equals(values, symbols)) {
            return false;
        }
        bound = false;
        System.arraycopy(values, 0, symbols, 0, symbols.length);
        for (int i = 0; i < plan.dims().length; i++) {
            frame.dims[i] = value(null, plan.dims()[i]);
        }
        for (int i = 0; i < shapes.length; i++) {
            if (shapes[i] != null) {
                evaluate(i, shapes[i], frame.shapes[i]);
            }
        }
        place();
        for (Step s : steps) {
            s.bind(frame);
        }
        bound = true;
        return true;
    }

    private void evaluate(int slot, Dim[] shape, int[] into) {
        long size = 1;
        for (int d = 0; d < shape.length; d++) {
            long value = value(plan.slots().get(slot).name(), shape[d]);
            if (value < 0 || value > Integer.MAX_VALUE) {
                throw tooLarge(slot, "dimension " + shape[d] + " = " + value);
            }
            into[d] = (int) value;
            size = Math.multiplyExact(size, value);
            if (size > Integer.MAX_VALUE - 64) {
                throw tooLarge(slot, size + " elements");
            }
        }
        sizes[slot] = (int) size;
    }

    private long value(String name, Dim d) {
        try {
            return d.eval(this);
        } catch (ArithmeticException e) {
            throw tooLarge(name, "dimension " + d + " beyond 64 bits");
        }
    }

    private InvalidInputException tooLarge(int slot, String found) {
        return tooLarge(plan.slots().get(slot).name(), found);
    }

    private static InvalidInputException tooLarge(String name, String found) {
        return new InvalidInputException(name, "activations within the limits", found, "use smaller inputs");
    }

    private void place() {
        Arrays.fill(ends, 0);
        List<Plan.Slot> slots = plan.slots();
        for (int i = 0; i < sizes.length; i++) {
            Plan.Slot slot = slots.get(i);
            if (slot.place() != Plan.Place.ARENA || slot.root() != i) {
                continue;
            }
            long end = firstFit(i, plan.conflicts()[i]) + padded(i);
            if (end > Integer.MAX_VALUE - 64) {
                throw tooLarge(i, "an arena of " + end + " elements");
            }
            frame.offsets[i] = (int) (end - padded(i));
            int kind = slot.type().storage().ordinal();
            ends[kind] = Math.max(ends[kind], end);
        }
        long bytes = 0;
        for (DataType.Storage s : DataType.Storage.values()) {
            bytes += Math.max(0, ends[s.ordinal()] - FIRST) * s.bytes();
        }
        for (int i = 0; i < sizes.length; i++) {
            Plan.Slot slot = slots.get(i);
            if (slot.root() == i && (slot.place() == Plan.Place.OUTPUT || slot.place() == Plan.Place.HEAP)) {
                bytes += (long) sizes[i] * slot.type().storage().bytes();
            }
        }
        if (bytes > maxBytes) {
            throw new InvalidInputException(null, "at most " + maxBytes + " bytes of activations", bytes + " bytes",
                    "use smaller inputs or raise Limits.activationBytes");
        }
        for (int i = 0; i < sizes.length; i++) {
            Plan.Slot slot = slots.get(i);
            if (slot.place() == Plan.Place.ARENA && slot.root() == i) {
                frame.arrays[i] = arena.array(slot.type().storage(), (int) ends[slot.type().storage().ordinal()]);
            }
        }
    }

    private long padded(int slot) {
        return (sizes[slot] + ALIGNMENT - 1L) / ALIGNMENT * ALIGNMENT;
    }

    /** The lowest offset where the slot meets none of the buffers alive with it. */
    private long firstFit(int slot, int[] conflicts) {
        long size = padded(slot);
        long offset = FIRST;
        for (boolean moved = true; moved;) {
            moved = false;
            for (int other : conflicts) {
                long start = frame.offsets[other];
                long end = start + padded(other);
                if (offset < end && start < offset + size) {
                    offset = end;
                    moved = true;
                }
            }
        }
        return offset;
    }

    /** Gives the arrays of one input. */
    public void input(int index, Tensor tensor) {
        int slot = plan.inputs()[index];
        if (slot >= 0) {
            frame.arrays[slot] = tensor.array();
        }
    }

    /** Whether output {@code index} is written to an array that the caller gives; if not, a reference evaluation makes it. */
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
        return afterRun || plan.slots().get(slot).shape() != null ? frame.shape(slot) : null;
    }

    /** Output {@code index} after a run, where a reference evaluation made it: a copy of its own. */
    public Tensor heapOutput(int index) {
        int slot = plan.outputs()[index];
        return ReferenceStep.copy(ReferenceStep.tensor(frame, slot, plan.slots().get(slot).type()));
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
