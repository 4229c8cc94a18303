package dev.lanewise.op.ml;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * ONNX ML LabelEncoder-4: each element replaced by the value that belongs to it. NaN belongs to NaN.
 *
 * @param keys of the input's type, rank 1
 * @param values as many
 * @param ifNone for elements that are no key; one element of the values' type
 */
public record LabelEncoder(Tensor keys, Tensor values, Tensor ifNone) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, keys.type());
        if (keys.size() != values.size() || ifNone.size() != 1 || ifNone.type() != values.type()) {
            throw in.error("as many values as keys and a default of their type", keys + ", " + values + ", " + ifNone,
                    "correct the attributes");
        }
        return List.of(new Fact(values.type(), in.shape(0), null, null));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Map<Object, Integer> places = new HashMap<>();
        for (int i = keys.size() - 1; i >= 0; i--) {
            places.put(key(keys, i), i);
        }
        Tensor y = Tensor.zeros(values.type(), inputs[0].shape());
        for (int i = 0; i < y.size(); i++) {
            Integer place = places.get(key(inputs[0], i));
            Tensor from = place == null ? ifNone : values;
            System.arraycopy(from.array(), place == null ? 0 : place, y.array(), i, 1);
        }
        return new Tensor[] {y};
    }

    private static Object key(Tensor t, int i) {
        return t.type() == DataType.STRING ? t.strings()[i]
                : t.type().isFloatingPoint() ? (Object) (Elements.doubleAt(t, i) + 0.0) : (Object) t.longAt(i);
    }
}
