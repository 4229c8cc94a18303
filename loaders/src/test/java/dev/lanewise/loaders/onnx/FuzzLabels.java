package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.FuzzGraph.EXACT;
import static dev.lanewise.loaders.onnx.FuzzRecipe.when;
import static dev.lanewise.loaders.onnx.OnnxModels.integer;
import static dev.lanewise.loaders.onnx.OnnxModels.ints;
import static dev.lanewise.loaders.onnx.OnnxModels.real;
import static dev.lanewise.loaders.onnx.OnnxModels.reals;
import static dev.lanewise.loaders.onnx.OnnxModels.tensor;
import static dev.lanewise.loaders.onnx.OnnxModels.text;

import dev.lanewise.DataType;
import dev.lanewise.loaders.onnx.FuzzModel.Item;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto.AttributeType;
import java.util.List;

/** Classic machine learning, counts of terms, and constants as nodes. */
final class FuzzLabels {
    private static final String ML = "ai.onnx.ml";

    private FuzzLabels() {
    }

    static List<FuzzRecipe> recipes() {
        return List.of(FuzzRecipe.of("Constant", 6, FuzzLabels::constant),
                FuzzRecipe.of("TfIdfVectorizer", 9, FuzzLabels::terms),
                FuzzRecipe.of("ai.onnx.ml.LabelEncoder", 6, FuzzLabels::encoder),
                FuzzRecipe.of("ai.onnx.ml.Binarizer", 6, g -> g.ops(ML, "Binarizer", EXACT, 1,
                        List.of(g.exact(DataType.FLOAT, 1, 3)), real("threshold", g.one(0f, 0.5f)))),
                FuzzRecipe.of("ai.onnx.ml.ArrayFeatureExtractor", 6, g -> {
                    Item x = g.any(g.type(DataType.FLOAT, DataType.DOUBLE, DataType.INT64, DataType.INT32,
                            DataType.STRING), 2, 3, i -> i.tensor().size() > 0);
                    g.ops(ML, "ArrayFeatureExtractor", EXACT, 1, List.of(x, g.leaf(g.values.between(DataType.INT64, 0,
                            x.dim(x.rank() - 1) - 1L, 1, g.pick(1, 4)))));
                }));
    }

    private static void constant(FuzzGraph g) {
        int form = g.opset() < 12 ? 0 : g.pick(0, 4);
        g.op("Constant", EXACT, List.of(), switch (form) {
            case 1 -> integer("value_int", g.pick(-3, 9));
            case 2 -> ints("value_ints", g.pick(-3, 9), g.pick(-3, 9));
            case 3 -> real("value_float", g.one(0.5f, -2f));
            case 4 -> reals("value_floats", g.one(0.5f, -2f), 3);
            default -> tensor("value", FuzzModel.constant("value", g.values.any(g.type(FuzzRecipe.COMMON),
                    g.values.shape(g.pick(0, 3)))).toBuilder());
        });
    }

    /** Each of some keys has a value, and what is no key has another. */
    private static void encoder(FuzzGraph g) {
        boolean words = g.chance();
        Item x = words ? g.any(DataType.STRING, 0, 3) : g.any(DataType.INT64, 0, 3);
        boolean numbers = g.chance() || !words;
        AttributeProto.Builder keys = words ? texts("keys_strings", "a", "12", "ünï") : ints("keys_int64s", 0, 3, -1);
        AttributeProto.Builder values = !words && g.chance() ? texts("values_strings", "x", "", "yz")
                : numbers ? ints("values_int64s", 7, -7, 0) : reals("values_floats", 0.5f, 0, -1);
        g.ops(ML, "LabelEncoder", EXACT, 1, List.of(x), keys, values, when(g.chance() && numbers,
                integer("default_int64", 5)));
    }

    private static void terms(FuzzGraph g) {
        boolean words = g.chance();
        int least = g.pick(1, 2);
        int most = g.pick(least, 2);
        int[] shape = g.chance() ? new int[] {g.pick(1, 8)} : new int[] {g.pick(1, 3), g.pick(1, 8)};
        DataType number = g.one(DataType.INT32, DataType.INT64);
        Item x = g.leaf(words ? g.values.any(DataType.STRING, shape) : g.values.between(number, 0, 3, shape));
        g.op("TfIdfVectorizer", EXACT, List.of(x), integer("min_gram_length", least), integer("max_gram_length", most),
                integer("max_skip_count", g.pick(0, 2)), text("mode", g.one("TF", "IDF", "TFIDF")),
                ints("ngram_counts", 0, 3), ints("ngram_indexes", 0, 2, 1, 4, 3),
                words ? texts("pool_strings", "a", "bc", "12", "a", "bc", "12", "a")
                        : ints("pool_int64s", 0, 2, 3, 1, 2, 0, 0),
                when(g.chance(), reals("weights", 0.5f, 2, 1, 0.25f, 3)));
    }

    private static AttributeProto.Builder texts(String name, String... values) {
        AttributeProto.Builder a = AttributeProto.newBuilder().setName(name).setType(AttributeType.STRINGS);
        for (String v : values) {
            a.addStrings(com.google.protobuf.ByteString.copyFromUtf8(v));
        }
        return a;
    }
}
