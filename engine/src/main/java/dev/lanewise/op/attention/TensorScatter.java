package dev.lanewise.op.attention;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;

/**
 * Writes new entries into a cache: for each element b of the first axis, {@code update[b]} replaces the part of
 * {@code cache[b]} that starts at {@code start[b]} along {@code axis}. Inputs: cache, update (as the cache but
 * along the axis), optional INT64 start {@code [batch]} (0 if absent). Output as the cache. ONNX TensorScatter-24.
 *
 * @param axis not the first; may be negative
 * @param circular whether writing goes on at the start of the axis when it comes to its end
 */
public record TensorScatter(int axis, boolean circular) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.sameType(0, 1);
        if (in.has(2)) {
            in.type(2, DataType.INT64);
        }
        if (!in.shapesKnown()) {
            return List.of(Fact.unknown(type));
        }
        Dim[] cache = in.shape(0);
        Dim[] update = in.shape(1);
        int at = in.axis(axis, cache.length);
        boolean fits = update.length == cache.length && at > 0
                && (!in.has(2) || in.shape(2).length == 1);
        for (int d = 0; fits && d < cache.length; d++) {
            boolean known = cache[d].isConstant() && update[d].isConstant();
            fits = !known || cache[d].equals(update[d]) || d == at && update[d].value() < cache[d].value();
        }
        if (!fits) {
            throw in.error("an update like the cache, at most as long along an axis after the first",
                    in.input(1) + " into " + in.input(0) + " along axis " + axis, "check the shapes");
        }
        for (int d = 0; d < cache.length; d++) {
            if (d != at) {
                in.assumeEqual(cache[d], update[d]);
            }
        }
        return List.of(Fact.of(type, cache));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor cache = inputs[0];
        Tensor update = inputs[1];
        int at = axis < 0 ? axis + cache.rank() : axis;
        int inner = 1;
        for (int d = at + 1; d < cache.rank(); d++) {
            inner *= cache.dim(d);
        }
        int length = cache.dim(at);
        int added = update.dim(at);
        Tensor y = Tensor.zeros(cache.type(), cache.shape());
        System.arraycopy(cache.array(), 0, y.array(), 0, cache.size());
        int blocks = added * inner == 0 ? 0 : update.size() / (added * inner);
        for (int block = 0; block < blocks; block++) {
            int b = block / (blocks / cache.dim(0));
            long start = inputs.length > 2 && inputs[2] != null ? inputs[2].longs()[b] : 0;
            if (start < 0 || circular && start >= length || !circular && start + added > length) {
                throw new InvalidInputException("write_indices", "a start in [0, " + (circular ? length - 1
                        : length - added) + "]", Long.toString(start), "correct the start");
            }
            for (int i = 0; i < added; i++) {
                int to = (int) ((start + i) % length);
                System.arraycopy(update.array(), (block * added + i) * inner, y.array(), (block * length + to) * inner,
                        inner);
            }
        }
        return new Tensor[] {y};
    }
}
