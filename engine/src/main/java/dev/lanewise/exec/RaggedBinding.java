package dev.lanewise.exec;

import dev.lanewise.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToLongFunction;

/**
 * A plan bound to several requests at once whose sizes may differ. Values of the requests lie end to end, without padding: a step
 * that works row by row runs once over all rows, every other step runs for each request. So a batch costs what its rows cost, and
 * each request gets the bits that it would get alone.
 */
public final class RaggedBinding {
    private final Plan plan;
    private final Arena arena;
    private final long maxBytes;
    private final Scratch scratch;
    /** All requests as one, whose rows are those of all. */
    private final Request whole;
    private final List<Request> requests = new ArrayList<>();
    private final Placement placement;
    private final Step[] steps;
    private final boolean[] joined;
    private int count;

    /** A frame with the steps that run in it; a step is made when it is first needed. */
    private final class Request {
        final Frame frame = new Frame(plan.roots(), plan.dims().length, plan.counts().size(), scratch);
        final Sizes sizes = new Sizes(plan, frame);
        final Step[] steps = new Step[plan.steps().size()];

        Step step(int i) {
            if (steps[i] == null) {
                steps[i] = plan.steps().get(i).maker().get();
            }
            return steps[i];
        }
    }

    public RaggedBinding(Plan plan, Arena arena, int workers, long maxBytes) {
        this.plan = plan;
        this.arena = arena;
        this.maxBytes = maxBytes;
        this.scratch = new Scratch(workers);
        this.whole = new Request();
        this.placement = new Placement(plan);
        this.steps = new Step[plan.steps().size()];
        this.joined = new boolean[plan.slots().size()];
    }

    public Plan plan() {
        return plan;
    }

    /** The frame to run the steps in. */
    public Frame frame() {
        return whole.frame;
    }

    public Step[] steps() {
        return steps;
    }

    /** How many steps run once for all requests. */
    public int joinedSteps() {
        int n = 0;
        for (int i = 0; i < steps.length; i++) {
            n += steps[i] == whole.steps[i] ? 1 : 0;
        }
        return n;
    }

    /**
     * Binds to requests.
     *
     * @param symbols values of the plan's symbols for each request
     * @param inputs tensors of each request, in the order of the plan's inputs; copied
     */
    public void bind(long[][] symbols, Tensor[][] inputs) {
        count = symbols.length;
        while (requests.size() < count) {
            requests.add(new Request());
        }
        for (int r = 0; r < count; r++) {
            requests.get(r).sizes.evaluate(symbols[r]);
        }
        join(symbols);
        place();
        copyInputs(inputs);
        for (int i = 0; i < steps.length; i++) {
            steps[i] = bind(i);
        }
    }

    /** Finds the symbol whose values add up over the requests: the one that differs, or else the one that joins most. */
    private void join(long[][] symbols) {
        long[] sums = symbols[0].clone();
        int best = -1;
        int most = -1;
        for (int s = 0; s < sums.length; s++) {
            if (agreeBut(s, symbols)) {
                evaluateWhole(s, symbols);
                int found = joinable();
                if (found > most) {
                    most = found;
                    best = s;
                }
            }
        }
        if (best < 0 && plan.counts().isEmpty()) {
            Arrays.fill(joined, false);
        } else {
            evaluateWhole(best, symbols);
            joinable();
        }
    }

    private static boolean agreeBut(int symbol, long[][] symbols) {
        for (long[] values : symbols) {
            for (int s = 0; s < values.length; s++) {
                if (s != symbol && values[s] != symbols[0][s]) {
                    return false;
                }
            }
        }
        return true;
    }

    /** @param symbol the one whose values add up, or -1 */
    private void evaluateWhole(int symbol, long[][] symbols) {
        long[] values = symbols[0].clone();
        for (int r = 1; symbol >= 0 && r < symbols.length; r++) {
            values[symbol] += symbols[r][symbol];
        }
        whole.sizes.evaluate(values);
        sumCounts();
    }

    private void sumCounts() {
        if (!plan.counts().isEmpty()) {
            whole.sizes.sumCounts(requests.subList(0, count).stream().map(r -> r.sizes).toList());
        }
    }

    /** Marks the slots whose values of all requests, end to end, are one tensor of the whole's shape; returns their number. */
    private int joinable() {
        int n = 0;
        for (int slot = 0; slot < joined.length; slot++) {
            joined[slot] = isJoinable(slot);
            n += joined[slot] ? 1 : 0;
        }
        return n;
    }

    private boolean isJoinable(int slot) {
        if (plan.slots().get(slot).place() == Plan.Place.CONSTANT) {
            return true;
        }
        if (plan.slots().get(slot).shape() == null || plan.slots().get(slot).place() == Plan.Place.HEAP) {
            return false;
        }
        int[] all = whole.frame.shapes[slot];
        int rows = 0;
        while (rows < all.length && all[rows] == 1) {
            rows++;
        }
        long sum = 0;
        for (int r = 0; r < count; r++) {
            int[] shape = requests.get(r).frame.shapes[slot];
            for (int d = 0; d < all.length; d++) {
                if (d != rows && shape[d] != all[d]) {
                    return false;
                }
            }
            sum += rows < all.length ? shape[rows] : 1;
        }
        return rows < all.length ? sum == all[rows] : count == 1;
    }

    /** Elements of a slot over all requests. */
    private long total(int slot) {
        long total = 0;
        for (int r = 0; r < count; r++) {
            total += requests.get(r).sizes.slots[slot];
        }
        return total;
    }

    private void place() {
        IntToLongFunction totals = this::total;
        placement.place(whole.sizes, totals);
        for (int i = 0; i < plan.slots().size(); i++) {
            Plan.Slot slot = plan.slots().get(i);
            if (slot.root() == i && (slot.place() == Plan.Place.INPUT || slot.place() == Plan.Place.OUTPUT)) {
                placement.append(i, whole.sizes, totals);
            }
        }
        Sizes.checkBytes(placement.bytes(), maxBytes);
        locate();
    }

    /** The requests' parts of each buffer, end to end. */
    private void locate() {
        for (int i = 0; i < plan.slots().size(); i++) {
            Plan.Slot slot = plan.slots().get(i);
            if (slot.root() != i || slot.place() == Plan.Place.CONSTANT || slot.place() == Plan.Place.HEAP) {
                continue;
            }
            Object array = placement.array(arena, i);
            int offset = placement.offset(i);
            whole.frame.arrays[i] = array;
            whole.frame.offsets[i] = offset;
            for (int r = 0; r < count; r++) {
                requests.get(r).frame.arrays[i] = array;
                requests.get(r).frame.offsets[i] = offset;
                offset += requests.get(r).sizes.slots[i];
            }
        }
    }

    private void copyInputs(Tensor[][] inputs) {
        for (int i = 0; i < plan.inputs().length; i++) {
            int slot = plan.inputs()[i];
            for (int r = 0; r < count && slot >= 0; r++) {
                Frame f = requests.get(r).frame;
                System.arraycopy(inputs[r][i].array(), 0, f.array(slot), f.offset(slot), inputs[r][i].size());
            }
        }
    }

    private Step bind(int i) {
        Step step = whole.step(i);
        boolean once = step.isRowWise();
        for (int slot : plan.steps().get(i).slots()) {
            once &= joined[slot];
        }
        if (once) {
            step.bind(whole.frame);
            return step;
        }
        for (int r = 0; r < count; r++) {
            requests.get(r).step(i).bind(requests.get(r).frame);
        }
        return new EachRequest(i);
    }

    /** A step that runs for each request on its part. */
    private final class EachRequest implements Step {
        private final int index;

        EachRequest(int index) {
            this.index = index;
        }

        @Override
        public void run(Frame frame, Workers workers) {
            for (int r = 0; r < count; r++) {
                requests.get(r).frame.control(frame.control());
                requests.get(r).steps[index].run(requests.get(r).frame, workers);
            }
            if (plan.steps().get(index).counts()) {
                takeCounts(index + 1);
            }
        }

        @Override
        public long weightBytes() {
            return requests.getFirst().steps[index].weightBytes();
        }

        @Override
        public int[] tokensByLearners() {
            int[] sum = requests.getFirst().steps[index].tokensByLearners();
            for (int r = 1; r < count; r++) {
                int[] more = requests.get(r).steps[index].tokensByLearners();
                Arrays.setAll(sum, k -> sum[k] + more[k]);
            }
            return sum;
        }
    }

    /** Where counts have changed, what follows lies closer together: the steps from {@code next} on are bound anew. */
    private void takeCounts(int next) {
        boolean changed = false;
        for (int r = 0; r < count; r++) {
            changed |= requests.get(r).sizes.takeCounts();
        }
        if (changed) {
            sumCounts();
            joinable();
            locate();
            for (int i = next; i < steps.length; i++) {
                steps[i] = bind(i);
            }
        }
    }

    /** Output {@code index} of a request after a run, as a new tensor. */
    public Tensor output(int request, int index) {
        int slot = plan.outputs()[index];
        Frame f = requests.get(request).frame;
        Tensor t = HeapValues.tensor(f, slot, plan.slots().get(slot).type());
        return t.array() == f.array(slot) ? HeapValues.copy(t) : t;
    }
}
