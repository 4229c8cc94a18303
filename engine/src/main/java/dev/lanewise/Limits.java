package dev.lanewise;

/**
 * What an untrusted model file may ask for. A file that goes beyond is refused with a {@link ModelFormatException} that
 * names the limit.
 *
 * @param nesting depth of nested messages, subgraphs included
 * @param tensors number of tensors in the file
 * @param nodes number of nodes, after functions are expanded
 * @param attributes number of attributes
 * @param rank dimensions of a tensor
 * @param stringBytes length of a string
 * @param nameBytes length of a name of a node, value or tensor
 * @param extraBytes memory that decoded tensors may take beyond the size of the file and its external data files, and that the
 *        file's other parts, as they are read, may take beyond its size
 * @param foldedBytes memory that values computed ahead of a run (constant folding) may take beyond that of the model's constants; what
 *        would need more is computed in each run
 * @param activationBytes memory that the intermediate values of one run may take
 */
public record Limits(int nesting, int tensors, int nodes, int attributes, int rank, int stringBytes, int nameBytes,
        long extraBytes, long foldedBytes, long activationBytes) {
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;

    /**
     * Nesting 100; a million tensors, nodes and attributes; rank 16; strings of 1 MiB and names of 64 KiB; 64 MiB beyond the
     * files' size; 32 MiB folded; 2 GiB of activations.
     */
    public static Limits defaults() {
        return new Limits(100, 1_000_000, 1_000_000, 1_000_000, 16, MIB, 64 * KIB, 64L * MIB, 32L * MIB, 2048L * MIB);
    }

    public Limits withNesting(int value) {
        return new Limits(value, tensors, nodes, attributes, rank, stringBytes, nameBytes, extraBytes, foldedBytes,
                activationBytes);
    }

    public Limits withTensors(int value) {
        return new Limits(nesting, value, nodes, attributes, rank, stringBytes, nameBytes, extraBytes, foldedBytes,
                activationBytes);
    }

    public Limits withNodes(int value) {
        return new Limits(nesting, tensors, value, attributes, rank, stringBytes, nameBytes, extraBytes, foldedBytes,
                activationBytes);
    }

    public Limits withAttributes(int value) {
        return new Limits(nesting, tensors, nodes, value, rank, stringBytes, nameBytes, extraBytes, foldedBytes,
                activationBytes);
    }

    public Limits withRank(int value) {
        return new Limits(nesting, tensors, nodes, attributes, value, stringBytes, nameBytes, extraBytes, foldedBytes,
                activationBytes);
    }

    public Limits withStringBytes(int value) {
        return new Limits(nesting, tensors, nodes, attributes, rank, value, nameBytes, extraBytes, foldedBytes,
                activationBytes);
    }

    public Limits withNameBytes(int value) {
        return new Limits(nesting, tensors, nodes, attributes, rank, stringBytes, value, extraBytes, foldedBytes,
                activationBytes);
    }

    public Limits withExtraBytes(long value) {
        return new Limits(nesting, tensors, nodes, attributes, rank, stringBytes, nameBytes, value, foldedBytes,
                activationBytes);
    }

    public Limits withFoldedBytes(long value) {
        return new Limits(nesting, tensors, nodes, attributes, rank, stringBytes, nameBytes, extraBytes, value,
                activationBytes);
    }

    public Limits withActivationBytes(long value) {
        return new Limits(nesting, tensors, nodes, attributes, rank, stringBytes, nameBytes, extraBytes, foldedBytes,
                value);
    }
}
