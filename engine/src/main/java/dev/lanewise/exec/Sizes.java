package dev.lanewise.exec;

import dev.lanewise.InvalidInputException;
import dev.lanewise.graph.Dim;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;

/** A plan's dimension expressions at one choice of symbol values, evaluated into a frame. */
final class Sizes implements ToLongFunction<String> {
    private final Plan plan;
    private final Frame frame;
    private final Dim[][] shapes;
    /** The counts that the present sizes are made with, and the largest that memory is placed for. */
    private final long[] counts;
    private final long[] most;
    /** Values of the plan's symbols. */
    final long[] symbols;
    /** Elements of each slot; those of shapes that only a run knows stay 0. */
    final int[] slots;

    Sizes(Plan plan, Frame frame) {
        this.plan = plan;
        this.frame = frame;
        this.symbols = new long[plan.symbols().size()];
        this.counts = new long[plan.counts().size()];
        this.most = new long[counts.length];
        this.slots = new int[plan.slots().size()];
        this.shapes = plan.slots().stream().map(Plan.Slot::shape).toArray(Dim[][]::new);
        for (int i = 0; i < slots.length; i++) {
            Plan.Slot slot = plan.slots().get(i);
            frame.shapes[i] = slot.shape() == null ? new int[0] : new int[slot.shape().length];
            if (slot.place() == Plan.Place.CONSTANT && slot.root() == i) {
                frame.arrays[i] = slot.constant().array();
            }
        }
    }

    boolean areAt(long[] values) {
        return Arrays.equals(values, symbols);
    }

    /** Sizes for these symbol values, with all counts at their largest. */
    void evaluate(long[] values) {
        System.arraycopy(values, 0, symbols, 0, symbols.length);
        for (int c = 0; c < counts.length; c++) {
            Plan.Count count = plan.counts().get(c);
            counts[c] = value(count.symbol(), count.most());
            most[c] = counts[c];
            frame.counts[c] = counts[c];
        }
        evaluate();
    }

    /** Sizes with the counts that steps have set; returns whether any is another than before. */
    boolean takeCounts() {
        if (Arrays.equals(counts, frame.counts)) {
            return false;
        }
        for (int c = 0; c < counts.length; c++) {
            if (frame.counts[c] < 0 || frame.counts[c] > most[c]) {
                throw new IllegalStateException(plan.counts().get(c) + " set to " + frame.counts[c]);
            }
            counts[c] = frame.counts[c];
        }
        evaluate();
        return true;
    }

    /** Sizes with the counts of all these together. */
    void sumCounts(List<Sizes> parts) {
        Arrays.fill(counts, 0);
        for (Sizes part : parts) {
            for (int c = 0; c < counts.length; c++) {
                counts[c] += part.counts[c];
            }
        }
        System.arraycopy(counts, 0, frame.counts, 0, counts.length);
        evaluate();
    }

    private void evaluate() {
        for (int i = 0; i < plan.dims().length; i++) {
            frame.dims[i] = value(null, plan.dims()[i]);
        }
        for (int i = 0; i < shapes.length; i++) {
            if (shapes[i] != null) {
                evaluate(i, shapes[i], frame.shapes[i]);
            }
        }
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
        slots[slot] = (int) size;
    }

    private long value(String name, Dim d) {
        try {
            return d.eval(this);
        } catch (ArithmeticException e) {
            throw tooLarge(name, "dimension " + d + " beyond 64 bits");
        }
    }

    /** Value of a symbol under the present choice. */
    @Override
    public long applyAsLong(String symbol) {
        List<String> names = plan.symbols();
        for (int i = 0; i < symbols.length; i++) {
            if (names.get(i).equals(symbol)) {
                return symbols[i];
            }
        }
        for (int c = 0; c < counts.length; c++) {
            if (plan.counts().get(c).symbol().equals(symbol)) {
                return counts[c];
            }
        }
        throw new IllegalStateException("symbol " + symbol + " is not defined by any input");
    }

    InvalidInputException tooLarge(int slot, String found) {
        return tooLarge(plan.slots().get(slot).name(), found);
    }

    private static InvalidInputException tooLarge(String name, String found) {
        return new InvalidInputException(name, "activations within the limits", found, "use smaller inputs");
    }

    static void checkBytes(long bytes, long maxBytes) {
        if (bytes > maxBytes) {
            throw new InvalidInputException(null, "at most " + maxBytes + " bytes of activations", bytes + " bytes",
                    "use smaller inputs or raise Limits.activationBytes");
        }
    }
}
