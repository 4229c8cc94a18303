package dev.lanewise.op.shape;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;

/**
 * ONNX DepthToSpace-13: {@code [n, c, h, w]} to {@code [n, c/b², h·b, w·b]}.
 *
 * @param block the block size b
 * @param columnFirst CRD order: the block is behind the channel; otherwise DCR: before it
 */
public record DepthToSpace(int block, boolean columnFirst) implements Operator {
    private static final List<Integer> DCR = List.of(0, 3, 4, 1, 5, 2);
    private static final List<Integer> CRD = List.of(0, 1, 4, 2, 5, 3);

    @Override
    public List<Fact> infer(Inference in) {
        Dim[] x = in.shape(0);
        if (x == null) {
            return List.of(Fact.unknown(in.type(0)));
        }
        long area = (long) block * block;
        if (x.length != 4 || block < 1 || x[1].isConstant() && x[1].value() % area != 0) {
            throw in.error("[n, c, h, w] with c a multiple of " + area, in.input(0).toString(), "correct blocksize");
        }
        Dim channels = x[1].floorDiv(Dim.constant(area));
        in.assumeEqual(channels.times(area), x[1]);
        return List.of(Fact.of(in.type(0), x[0], channels, x[2].times(block), x[3].times(block)));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int[] out = Layout.shapes(this, inputs)[0];
        int[] x = inputs[0].shape();
        Tensor blocks = columnFirst ? inputs[0].reshape(x[0], out[1], block, block, x[2], x[3])
                : inputs[0].reshape(x[0], block, block, out[1], x[2], x[3]);
        Tensor turned = new Transpose(columnFirst ? CRD : DCR).evaluate(new Tensor[] {blocks})[0];
        return new Tensor[] {turned.reshape(out)};
    }
}
