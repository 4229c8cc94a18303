package dev.lanewise.exec;

/**
 * One operation of a plan, with the slots it reads and writes. Each session has its own steps, so a step may keep loop
 * bounds and strides in fields between {@code bind} and {@code run}; it keeps no array.
 */
public interface Step {
    /** Of steps without learners. */
    int[] NONE = {};

    /** Called when shapes have changed and before the first run: work out loop bounds, ask for scratch memory. */
    default void bind(Frame frame) {
    }

    /** Does the work; allocates nothing. */
    void run(Frame frame, Workers workers);

    /**
     * Whether each row of the outputs depends on the same row of the inputs and on constants alone, where rows are what the
     * first dimension above 1 counts. Then the step may run once for the rows of several requests that lie end to end.
     */
    default boolean isRowWise() {
        return false;
    }

    /** Bytes of packed weights of linear layers that a run at the bound sizes reads, each counted once. */
    default long weightBytes() {
        return 0;
    }

    /** Of an adaptive computation module the tokens of the last run with 0, 1, … learners; else none. */
    default int[] tokensByLearners() {
        return NONE;
    }
}
