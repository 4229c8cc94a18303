package dev.lanewise.exec;

/** Copies one slot into another of the same type and shape: for an output that is an input, a constant or another output. */
public final class CopyStep implements Step {
    private final int from;
    private final int to;

    public CopyStep(int from, int to) {
        this.from = from;
        this.to = to;
    }

    @Override
    public boolean isRowWise() {
        return true;
    }

    @Override
    public void run(Frame frame, Workers workers) {
        System.arraycopy(frame.array(from), frame.offset(from), frame.array(to), frame.offset(to), frame.size(from));
    }
}
