package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;

/**
 * ONNX GatherElements-13: the output has the shape of input 1 (INT32 or INT64); each element is taken at the same position
 * of input 0, but for {@code axis}, where the index says the position.
 *
 * @param axis may be negative
 */
public record GatherElements(int axis) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0);
        in.type(1, DataType.INT64, DataType.INT32);
        Dim[] data = in.shape(0);
        Dim[] indices = in.shape(1);
        if (indices == null) {
            return List.of(Fact.unknown(type));
        }
        if (data != null) {
            checkIndexShape(in, data, indices, in.axis(axis, data.length));
        }
        return List.of(Fact.of(type, indices));
    }

    /** Indices of the rank of the data, and no longer than it outside of the axis. */
    static void checkIndexShape(Inference in, Dim[] data, Dim[] indices, int axis) {
        if (data.length != indices.length) {
            throw in.error("indices of rank " + data.length, "rank " + indices.length, "reshape the indices");
        }
        for (int a = 0; a < data.length; a++) {
            if (a == axis) {
                continue;
            }
            if (data[a].isConstant() && indices[a].isConstant()) {
                if (indices[a].value() > data[a].value()) {
                    throw in.error("at most " + data[a] + " indices along axis " + a, indices[a].toString(),
                            "correct the indices");
                }
            } else {
                in.assumeAtMost(indices[a], data[a]);
            }
        }
    }

    /** For each index its position in the data. */
    static int[] positions(Tensor data, Tensor indices, int axis, String name) {
        int at = Layout.axis(axis, data.rank());
        int[] strides = Layout.strides(data.shape());
        int[] shape = indices.shape();
        int[] index = new int[shape.length];
        int[] positions = new int[indices.size()];
        for (int i = 0; i < positions.length; i++) {
            for (int a = 0; a < shape.length; a++) {
                int along = a == at ? Gather.index(indices.longAt(i), data.dim(a), name, i) : index[a];
                positions[i] += along * strides[a];
            }
            Layout.next(index, shape);
        }
        return positions;
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int[] shape = Layout.shapes(this, inputs)[0];
        return new Tensor[] {Picks.of(inputs[0], positions(inputs[0], inputs[1], axis, name()), shape)};
    }
}
