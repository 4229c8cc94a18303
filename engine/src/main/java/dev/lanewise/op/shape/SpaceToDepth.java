package dev.lanewise.op.shape;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;

/**
 * ONNX SpaceToDepth-13: {@code [n, c, h, w]} to {@code [n, b²·c, h/b, w/b]}.
 *
 * @param block the block size b
 */
public record SpaceToDepth(int block) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        Dim[] x = in.shape(0);
        if (x == null) {
            return List.of(Fact.unknown(in.type(0)));
        }
        if (x.length != 4 || block < 1) {
            throw in.error("[n, c, h, w] and a block size of 1 or more", in.input(0) + " and " + block,
                    "correct blocksize");
        }
        Dim[] out = {x[0], x[1].times((long) block * block), null, null};
        for (int a = 2; a < 4; a++) {
            out[a] = x[a].floorDiv(Dim.constant(block));
            in.assumeEqual(out[a].times(block), x[a]);
        }
        return List.of(Fact.of(in.type(0), out));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int[] out = Layout.shapes(this, inputs)[0];
        Tensor blocks = inputs[0].reshape(out[0], inputs[0].dim(1), out[2], block, out[3], block);
        Tensor turned = new Transpose(List.of(0, 3, 5, 1, 2, 4)).evaluate(new Tensor[] {blocks})[0];
        return new Tensor[] {turned.reshape(out)};
    }
}
