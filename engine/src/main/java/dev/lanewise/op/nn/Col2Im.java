package dev.lanewise.op.nn;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import dev.lanewise.op.shape.Layout;
import java.util.Arrays;
import java.util.List;

/**
 * ONNX Col2Im-18: blocks {@code [n, c * block size, blocks]} added up where they lie in an image {@code [n, c, image...]}. The
 * sizes of image and block are INT64 inputs.
 *
 * @param dilations empty for 1
 * @param pads at the beginning of each axis, then at the end of each; empty for 0
 * @param strides empty for 1
 */
public record Col2Im(List<Integer> dilations, List<Integer> pads, List<Integer> strides) implements Operator {
    public Col2Im {
        dilations = List.copyOf(dilations);
        pads = List.copyOf(pads);
        strides = List.copyOf(strides);
    }

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, Elements.numbers());
        Dim[] x = in.shape(0);
        Dim[] image = Layout.content(in.input(1));
        Dim[] block = Layout.content(in.input(2));
        if (x != null && x.length != 3) {
            throw in.error("blocks of rank 3", in.input(0).toString(), "reshape them");
        }
        if (x == null || image == null || block == null) {
            return List.of(Fact.unknown(type));
        }
        int spatial = image.length;
        if (block.length != spatial || isOther(dilations, spatial) || isOther(strides, spatial)
                || isOther(pads, 2 * spatial)) {
            throw in.error("blocks, dilations, strides and pads for " + spatial + " axes", block.length + ", "
                    + dilations + ", " + strides + ", " + pads, "correct the attributes");
        }
        Dim size = Dim.product(block);
        if (size.isConstant() && size.value() < 1) {
            throw in.error("blocks of one element or more", size.toString(), "correct the block's size");
        }
        Dim[] out = new Dim[spatial + 2];
        out[0] = x[0];
        out[1] = x[1].floorDiv(size);
        System.arraycopy(image, 0, out, 2, spatial);
        return List.of(Fact.of(type, out));
    }

    private static boolean isOther(List<Integer> values, int size) {
        return !values.isEmpty() && values.size() != size || values.stream().anyMatch(v -> v < 0);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        int[] shape = Layout.shapes(this, inputs)[0];
        int[] block = Arrays.stream(inputs[2].asLongs()).mapToInt(Math::toIntExact).toArray();
        int[] counts = counts(shape, block, x.dim(2));
        Tensor y = Tensor.zeros(x.type(), shape);
        int[] row = new int[block.length + 2];
        int[] rows = new int[block.length + 2];
        rows[0] = shape[0];
        rows[1] = shape[1];
        System.arraycopy(block, 0, rows, 2, block.length);
        for (int r = 0; r * x.dim(2) < x.size(); r++) {
            int[] place = new int[block.length];
            for (int b = 0; b < x.dim(2); b++) {
                int to = target(row, place, shape);
                if (to >= 0) {
                    add(x, r * x.dim(2) + b, y, to);
                }
                Layout.next(place, counts);
            }
            Layout.next(row, rows);
        }
        return new Tensor[] {y};
    }

    /** How many blocks there are along each axis. */
    private int[] counts(int[] shape, int[] block, int blocks) {
        int[] counts = new int[block.length];
        for (int a = 0; a < counts.length; a++) {
            int room = shape[a + 2] + of(pads, a, 0) + of(pads, a + counts.length, 0)
                    - of(dilations, a, 1) * (block[a] - 1) - 1;
            counts[a] = room < 0 ? 0 : room / Math.max(1, of(strides, a, 1)) + 1;
        }
        if (Layout.product(counts, 0, counts.length) != blocks) {
            throw new InvalidInputException(null, Layout.product(counts, 0, counts.length) + " blocks",
                    Integer.toString(blocks), "correct the sizes");
        }
        return counts;
    }

    /** Where an element of a block lies in the image; -1 where it is in the padding. */
    private int target(int[] row, int[] place, int[] shape) {
        int to = row[0] * shape[1] + row[1];
        for (int a = 0; a < place.length; a++) {
            int i = place[a] * of(strides, a, 1) + row[a + 2] * of(dilations, a, 1) - of(pads, a, 0);
            if (i < 0 || i >= shape[a + 2]) {
                return -1;
            }
            to = to * shape[a + 2] + i;
        }
        return to;
    }

    private static int of(List<Integer> values, int i, int ifEmpty) {
        return values.isEmpty() ? ifEmpty : values.get(i);
    }

    private static void add(Tensor x, int from, Tensor y, int to) {
        if (x.type().isFloatingPoint()) {
            Elements.set(y, to, Elements.doubleAt(y, to) + Elements.doubleAt(x, from));
        } else {
            Elements.set(y, to, y.longAt(to) + x.longAt(from));
        }
    }
}
