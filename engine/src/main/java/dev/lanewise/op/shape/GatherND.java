package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.Arrays;
import java.util.List;

/**
 * ONNX GatherND-13: slices of input 0 at positions that the last axis of input 1 (INT64 [batch…, …, k]) spells out, one
 * index for each of {@code k} axes behind the batch axes. Output: indices[..-1] + data[batchDims + k..].
 *
 * @param batchDims leading axes that both inputs share
 */
public record GatherND(int batchDims) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0);
        in.type(1, DataType.INT64);
        Dim[] data = in.shape(0);
        Dim[] indices = in.shape(1);
        if (data == null || indices == null || indices.length > 0 && !indices[indices.length - 1].isConstant()) {
            return List.of(Fact.unknown(type));
        }
        if (batchDims < 0 || batchDims >= Math.min(data.length, indices.length)) {
            throw in.error("batch_dims below both ranks", Integer.toString(batchDims), "correct batch_dims");
        }
        for (int a = 0; a < batchDims; a++) {
            in.assumeEqual(data[a], indices[a]);
        }
        long k = indices[indices.length - 1].value();
        if (k < 1 || k > data.length - batchDims) {
            throw in.error("1 to " + (data.length - batchDims) + " indices a position", Long.toString(k),
                    "correct the indices");
        }
        int kept = indices.length - 1;
        int from = batchDims + (int) k;
        Dim[] out = Arrays.copyOf(indices, kept + data.length - from);
        System.arraycopy(data, from, out, kept, data.length - from);
        return List.of(Fact.of(type, out));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor out = Tensor.zeros(inputs[0].type(), Layout.shapes(this, inputs)[0]);
        int[] starts = positions(inputs[0].shape(), inputs[1], batchDims, name());
        int inner = starts.length == 0 ? 0 : out.size() / starts.length;
        for (int i = 0; i < starts.length; i++) {
            System.arraycopy(inputs[0].array(), starts[i], out.array(), i * inner, inner);
        }
        return new Tensor[] {out};
    }

    /** First element in data of {@code shape} of each slice that the indices name. */
    static int[] positions(int[] shape, Tensor indices, int batchDims, String name) {
        int k = indices.dim(indices.rank() - 1);
        int[] strides = Layout.strides(shape);
        int[] starts = new int[Layout.product(indices.shape(), 0, indices.rank() - 1)];
        int batches = Layout.product(shape, 0, batchDims);
        int batchSize = Layout.product(shape, batchDims, shape.length);
        for (int i = 0; i < starts.length; i++) {
            starts[i] = i / (starts.length / batches) * batchSize;
            for (int j = 0; j < k; j++) {
                int axis = batchDims + j;
                starts[i] += Gather.index(indices.longAt(i * k + j), shape[axis], name, i * k + j) * strides[axis];
            }
        }
        return starts;
    }
}
