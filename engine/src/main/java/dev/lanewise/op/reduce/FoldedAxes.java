package dev.lanewise.op.reduce;

/**
 * Index arithmetic of a reduction: results in row-major order of the axes that stay, and for each the elements that fold into
 * it in row-major order of the axes that go.
 */
final class FoldedAxes {
    private final boolean[] folded;
    private int[] starts = new int[0];
    private int[] steps = new int[0];
    private int results;
    private int length;

    /** @param folded for each axis whether it goes */
    FoldedAxes(boolean[] folded) {
        this.folded = folded;
    }

    void bind(int[] shape) {
        results = 1;
        length = 1;
        for (int d = 0; d < shape.length; d++) {
            results *= folded[d] ? 1 : shape[d];
            length *= folded[d] ? shape[d] : 1;
        }
        starts = starts.length < results ? new int[results] : starts;
        steps = steps.length < length ? new int[length] : steps;
        if (results > 0) {
            fill(shape, false, starts);
        }
        if (length > 0) {
            fill(shape, true, steps);
        }
    }

    /** Offsets of all positions of the axes that go, or of those that stay, the others being 0. */
    private void fill(int[] shape, boolean going, int[] offsets) {
        int filled = 1;
        int stride = 1;
        offsets[0] = 0;
        for (int d = shape.length - 1; d >= 0; d--) {
            if (folded[d] == going) {
                for (int i = 1; i < shape[d]; i++) {
                    for (int k = 0; k < filled; k++) {
                        offsets[i * filled + k] = i * stride + offsets[k];
                    }
                }
                filled *= shape[d];
            }
            stride *= shape[d];
        }
    }

    /** Number of results. */
    int results() {
        return results;
    }

    /** Number of elements that fold into each. */
    int length() {
        return length;
    }

    /** Offset of the first element of result {@code r}. */
    int start(int r) {
        return starts[r];
    }

    /** Offset of element {@code i} from its result's first element. */
    int step(int i) {
        return steps[i];
    }

    /** Whether the elements of a result lie side by side. */
    boolean contiguous() {
        return length == 0 || steps[length - 1] == length - 1;
    }
}
