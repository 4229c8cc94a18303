package dev.lanewise.exec;

/**
 * The memory of one session while a plan runs: for each slot (value) its array, offset and shape. Steps keep slot numbers
 * and ask here at each run, since arrays move when a larger request needs a larger arena.
 */
public final class Frame {
    final Object[] arrays;
    final int[] offsets;
    final int[][] shapes;
    final long[] dims;
    final long[] counts;
    private final int[] roots;
    private RunControl control = RunControl.NONE;
    private final Scratch scratch;

    /** @param roots for each slot the slot whose memory it shares (itself where it has its own) */
    Frame(int[] roots, int dims, int counts, Scratch scratch) {
        this.arrays = new Object[roots.length];
        this.offsets = new int[roots.length];
        this.shapes = new int[roots.length][];
        this.dims = new long[dims];
        this.counts = new long[counts];
        this.roots = roots;
        this.scratch = scratch;
    }

    /** What may end the run at hand early. */
    RunControl control() {
        return control;
    }

    void control(RunControl chosen) {
        control = chosen;
    }

    int root(int slot) {
        return roots[slot];
    }

    public Object array(int slot) {
        return arrays[roots[slot]];
    }

    public float[] floats(int slot) {
        return (float[]) arrays[roots[slot]];
    }

    public long[] longs(int slot) {
        return (long[]) arrays[roots[slot]];
    }

    public int[] ints(int slot) {
        return (int[]) arrays[roots[slot]];
    }

    public byte[] bytes(int slot) {
        return (byte[]) arrays[roots[slot]];
    }

    /** First element of the slot in its array. */
    public int offset(int slot) {
        return offsets[roots[slot]];
    }

    /** Dimensions of the slot; owned by the frame, valid until the next bind. */
    public int[] shape(int slot) {
        return shapes[slot];
    }

    /** Number of elements of the slot. */
    public int size(int slot) {
        int size = 1;
        for (int d : shapes[slot]) {
            size *= d;
        }
        return size;
    }

    /** Value of a dimension expression that the step registered when it was lowered. */
    public long dim(int index) {
        return dims[index];
    }

    /** Sets a count that the step registered when it was lowered; steps after it see shapes made with it. */
    public void setCount(int index, int value) {
        counts[index] = value;
    }

    /** Makes sure that each worker has at least {@code floats} of scratch memory; called while binding. */
    public void needScratch(int floats) {
        scratch.need(floats);
    }

    /** Scratch memory of one worker, of the size asked for while binding; its content is lost between tiles. */
    public float[] scratch(int worker) {
        return scratch.of(worker);
    }
}
