package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.op.elementwise.Cast;
import java.util.Arrays;

/**
 * Weights as {@code MatMulNBits} packs them: UINT8 {@code [n, blocks, block*bits/8]}, codes of a block along k with the first in the
 * lowest bits, a scale for each block.
 *
 * @param scales FLOAT {@code [blocks, n]}
 * @param zeroPoints FLOAT {@code [blocks, n]}, or null for the middle of the codes' range
 * @param groups the block whose scale each of the k rows has; null where that is the one it lies in
 */
record PackedBlocks(int k, int n, int bits, int block, byte[] packed, Tensor scales, Tensor zeroPoints, int[] groups) {
    static PackedBlocks of(OnnxNode node) {
        Compose c = new Compose(node);
        int k = size(node, "K");
        int n = size(node, "N");
        int bits = Math.toIntExact(node.integer("bits", 4));
        int block = size(node, "block_size");
        if (bits != 2 && bits != 4 && bits != 8) {
            throw node.unsupported("bits=" + bits);
        }
        if (block < 16 || Integer.bitCount(block) != 1) {
            throw node.error("block_size a power of 2 of 16 or more", Integer.toString(block), "correct block_size");
        }
        int blocks = Math.ceilDiv(k, block);
        Tensor packed = c.constant(1, "weights");
        long due = (long) n * blocks * (block / 8 * bits);
        if (packed.type() != DataType.UINT8 || packed.size() != due) {
            throw node.error("weights UINT8[" + n + ", " + blocks + ", " + block / 8 * bits + "]", packed.toString(),
                    "correct K, N, bits, block_size or the weights");
        }
        Tensor scales = matrix(node, c.constant(2, "scales"), blocks, n, "scales");
        QuantImports.checkScales(node, 2);
        Tensor zeroPoints = null;
        if (node.input(3) != null) {
            Tensor given = c.constant(3, "zero points");
            zeroPoints = given.type() == DataType.UINT8 ? unpacked(node, given, blocks, n, bits)
                    : matrix(node, given, blocks, n, "zero points");
        }
        int[] groups = node.input(4) == null ? null : groups(node, c.constant(4, "groups"), k, blocks, block);
        return new PackedBlocks(k, n, bits, block, packed.bytes(), scales, zeroPoints, groups);
    }

    /** One for each row, or for each place of a block. */
    private static int[] groups(OnnxNode node, Tensor given, int k, int blocks, int block) {
        if (given.type() != DataType.INT32 || given.size() != k && given.size() != (long) blocks * block) {
            throw node.error("groups INT32[" + k + "]", given.toString(), "quantise the model again");
        }
        int[] groups = Arrays.copyOf(given.ints(), k);
        for (int g : groups) {
            if (g < 0 || g >= blocks) {
                throw node.error("groups in [0, " + blocks + ")", Integer.toString(g), "quantise the model again");
            }
        }
        return groups;
    }

    private static int size(OnnxNode node, String attribute) {
        long value = node.requiredInteger(attribute);
        if (value < 1 || value > 1 << 30) {
            throw node.error(attribute + " in [1, 2^30]", Long.toString(value), "correct the attribute");
        }
        return (int) value;
    }

    /** {@code [n, blocks]} of any float type as FLOAT {@code [blocks, n]}. */
    private static Tensor matrix(OnnxNode node, Tensor given, int blocks, int n, String what) {
        boolean real = given.type() == DataType.FLOAT || given.type() == DataType.FLOAT16
                || given.type() == DataType.BFLOAT16;
        if (!real || given.size() != (long) blocks * n) {
            throw node.error(what + " [" + n + ", " + blocks + "] of a float type", given.toString(),
                    "quantise the model again");
        }
        float[] from = Cast.convert(given, DataType.FLOAT).floats();
        float[] to = new float[from.length];
        for (int i = 0; i < to.length; i++) {
            to[i] = from[i % n * blocks + i / n];
        }
        return Tensor.of(to, blocks, n);
    }

    /** Zero points in bits like the codes, each of the n rows filled up to whole bytes. */
    private static Tensor unpacked(OnnxNode node, Tensor given, int blocks, int n, int bits) {
        int row = Math.ceilDiv(blocks * bits, 8);
        if (given.size() != (long) n * row) {
            throw node.error("zero points UINT8[" + n + ", " + row + "]", given.toString(), "quantise the model again");
        }
        byte[] bytes = given.bytes();
        float[] to = new float[blocks * n];
        for (int i = 0; i < to.length; i++) {
            to[i] = code(bytes, i % n * row, i / n, bits);
        }
        return Tensor.of(to, blocks, n);
    }

    private static int code(byte[] bytes, int start, int i, int bits) {
        int inByte = 8 / bits;
        return bytes[start + i / inByte] >> i % inByte * bits & (1 << bits) - 1;
    }

    /**
     * UINT8 elements that each hold several codes of the last axis, the first in the lowest bits, as the codes.
     *
     * @param length of the last axis, where the last byte may be filled up; 0 for all that there is
     */
    static Tensor lastAxis(OnnxNode node, Tensor packed, int bits, int length) {
        if (packed.type() != DataType.UINT8 || packed.rank() == 0 || bits != 2 && bits != 4) {
            throw node.error("packed UINT8 codes of 2 or 4 bits", packed + " of " + bits + " bits", "correct bits");
        }
        int[] shape = packed.shape();
        int row = shape[shape.length - 1];
        int codesOfRow = length > 0 ? length : Math.multiplyExact(row, Byte.SIZE / bits);
        if (row != Math.ceilDiv(Math.multiplyExact(codesOfRow, bits), Byte.SIZE)) {
            throw node.error(codesOfRow + " codes of " + bits + " bits in a row", packed.toString(),
                    "correct bits or block_size");
        }
        shape[shape.length - 1] = codesOfRow;
        byte[] codes = new byte[Tensor.sizeOf(shape)];
        byte[] bytes = packed.bytes();
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) code(bytes, i / codesOfRow * row, i % codesOfRow, bits);
        }
        return Tensor.of(type(bits), codes, shape).asDeferred();
    }

    /** Zero points in the middle of the codes' range. */
    static Tensor middle(int bits, int... shape) {
        byte[] zeros = new byte[Tensor.sizeOf(shape)];
        Arrays.fill(zeros, (byte) (1 << bits - 1));
        return Tensor.of(type(bits), zeros, shape);
    }

    private DataType type() {
        return type(bits);
    }

    private static DataType type(int bits) {
        return bits == 8 ? DataType.UINT8 : bits == 4 ? DataType.UINT4 : DataType.UINT2;
    }

    private int blocks() {
        return scales.dim(0);
    }

    private int code(int row, int column) {
        int blob = block / 8 * bits;
        return code(packed, (column * blocks() + row / block) * blob, row % block, bits);
    }

    /**
     * Codes {@code [k, n]}.
     *
     * @param order which row comes where, or null for the order of the file
     */
    Tensor codes(int[] order) {
        byte[] codes = new byte[Math.multiplyExact(k, n)];
        for (int row = 0; row < k; row++) {
            int from = order == null ? row : order[row];
            for (int column = 0; column < n; column++) {
                codes[row * n + column] = (byte) code(from, column);
            }
        }
        return Tensor.of(type(), codes, k, n).asDeferred();
    }

    /** Whether zero points are numbers that a code can be. */
    boolean zeroPointsAreCodes() {
        boolean all = true;
        for (int i = 0; zeroPoints != null && i < zeroPoints.size(); i++) {
            float z = zeroPoints.floats()[i];
            all &= z == (int) z && z >= 0 && z < 1 << bits;
        }
        return all;
    }

    /** Zero points as codes {@code [blocks, n]}: without any given, the middle of the range. */
    Tensor zeroPointCodes() {
        byte[] codes = new byte[scales.size()];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) zeroPoint(i);
        }
        return Tensor.of(type(), codes, scales.shape());
    }

    private float zeroPoint(int i) {
        return zeroPoints == null ? 1 << bits - 1 : zeroPoints.floats()[i];
    }

    /** An order of rows in which those of a block are neighbours; null where blocks are not full but for the last one. */
    int[] order() {
        int[] filled = new int[blocks()];
        int[] order = new int[k];
        for (int row = 0; row < k; row++) {
            int g = groups[row];
            int at = g * block + filled[g]++;
            if (filled[g] > block || at >= k) {
                return null;
            }
            order[at] = row;
        }
        return order;
    }

    /** Weights as FLOAT {@code [k, n]}. */
    Tensor floats() {
        float[] w = new float[Math.multiplyExact(k, n)];
        for (int row = 0; row < k; row++) {
            int g = groups == null ? row / block : groups[row];
            for (int column = 0; column < n; column++) {
                int s = g * n + column;
                w[row * n + column] = (code(row, column) - zeroPoint(s)) * scales.floats()[s];
            }
        }
        return Tensor.of(w, k, n);
    }
}
