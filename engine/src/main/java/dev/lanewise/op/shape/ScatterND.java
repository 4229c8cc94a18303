package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;

/**
 * ONNX ScatterND-18: a copy of input 0 in which the slices of input 2 go to the positions that the last axis of input 1
 * (INT64 [..., k]) spells out. Updates: indices[..-1] + data[k..]. In order, so the last one wins.
 */
public record ScatterND(Reduction reduction) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.sameType(0, 2);
        in.type(1, DataType.INT64);
        Dim[] data = in.shape(0);
        Dim[] indices = in.shape(1);
        Dim[] updates = in.shape(2);
        if (!in.shapesKnown()) {
            return List.of(data == null ? Fact.unknown(type) : Fact.of(type, data));
        }
        if (indices.length == 0 || !indices[indices.length - 1].isConstant()) {
            return List.of(Fact.of(type, data));
        }
        int k = (int) indices[indices.length - 1].value();
        int leading = indices.length - 1;
        if (k < 1 || k > data.length || updates.length != leading + data.length - k) {
            throw in.error("indices [..., 1 to " + data.length + "] and updates of the rank that is left",
                    in.input(1) + " and " + in.input(2), "correct the indices or updates");
        }
        for (int a = 0; a < updates.length; a++) {
            in.assumeEqual(a < leading ? indices[a] : data[k + a - leading], updates[a]);
        }
        return List.of(Fact.of(type, data));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Layout.shapes(this, inputs);
        Tensor out = Picks.copy(inputs[0]);
        int[] starts = GatherND.positions(out.shape(), inputs[1], 0, name());
        int inner = starts.length == 0 ? 0 : inputs[2].size() / starts.length;
        for (int i = 0; i < starts.length; i++) {
            for (int j = 0; j < inner; j++) {
                reduction.apply(out, starts[i] + j, inputs[2], i * inner + j);
            }
        }
        return new Tensor[] {out};
    }
}
