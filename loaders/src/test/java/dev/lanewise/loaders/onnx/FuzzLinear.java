package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.FuzzGraph.EXACT;
import static dev.lanewise.loaders.onnx.FuzzGraph.ROUNDED;
import static dev.lanewise.loaders.onnx.FuzzRecipe.COMMON;
import static dev.lanewise.loaders.onnx.FuzzRecipe.flag;
import static dev.lanewise.loaders.onnx.FuzzRecipe.when;
import static dev.lanewise.loaders.onnx.OnnxModels.integer;
import static dev.lanewise.loaders.onnx.OnnxModels.real;
import static dev.lanewise.loaders.onnx.OnnxModels.text;

import dev.lanewise.DataType;
import dev.lanewise.loaders.onnx.FuzzModel.Item;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Matrix products, determinants, and attention as the standard has it. */
final class FuzzLinear {
    private static final DataType[] REALS = {DataType.FLOAT, DataType.DOUBLE};

    private FuzzLinear() {
    }

    static List<FuzzRecipe> recipes() {
        List<FuzzRecipe> all = new ArrayList<>();
        all.add(FuzzRecipe.of("MatMul", 6, FuzzLinear::matMul));
        all.add(FuzzRecipe.of("MatMul", 9, FuzzLinear::layer));
        all.add(FuzzRecipe.of("Gemm", 6, FuzzLinear::gemm));
        all.add(FuzzRecipe.of("Einsum", 12, FuzzLinear::einsum));
        all.add(FuzzRecipe.of("Det", 11, g -> {
            int n = g.pick(1, 4);
            int[] batch = g.values.shape(g.pick(0, 2));
            g.op("Det", 10 * ROUNDED, List.of(g.leaf(g.values.reals(g.type(REALS), -2, 2, FuzzShapes.joined(batch, n,
                    n)))));
        }));
        all.add(FuzzRecipe.of("Attention", 23, FuzzLinear::attention));
        all.add(FuzzRecipe.of("RotaryEmbedding", 23, FuzzLinear::rotary));
        all.add(FuzzRecipe.of("TensorScatter", 24, FuzzLinear::scatter));
        return all;
    }

    /** One-dimensional operands, stacks of matrices of different ranks. */
    private static void matMul(FuzzGraph g) {
        DataType t = g.type(g.opset() < 9 ? REALS : COMMON);
        Item a = g.any(t, 1, 4, i -> FuzzGraph.within(i, 1e6));
        int k = a.dim(a.rank() - 1);
        int[] batch = a.rank() < 3 || g.chance() ? new int[0]
                : Arrays.copyOfRange(a.tensor().shape(), g.pick(0, a.rank() - 2), a.rank() - 2);
        Item b = g.of(t, g.chance(5) ? new int[] {k} : FuzzShapes.joined(batch, k, g.pick(1, 6)));
        if (!FuzzGraph.within(b, 1e6)) {
            throw new FuzzGraph.Unfit();
        }
        g.op("MatMul", ROUNDED, List.of(a, b));
    }

    /** A product with constant weights, bias and activation, as it is fused. */
    private static void layer(FuzzGraph g) {
        Item x = g.any(DataType.FLOAT, 2, 4, i -> FuzzGraph.within(i, 1e6));
        int k = x.dim(x.rank() - 1);
        int n = g.pick(1, 40);
        Item y = g.op("MatMul", ROUNDED, List.of(x, g.constant(g.values.reals(DataType.FLOAT, -1, 1, k, n))));
        if (g.chance()) {
            Item bias = g.constant(g.values.reals(DataType.FLOAT, -1, 1, n));
            y = g.op("Add", ROUNDED, g.chance() ? List.of(y, bias) : List.of(bias, y));
        }
        if (g.chance()) {
            y = g.op(g.one("Relu", "Tanh", "Sigmoid"), ROUNDED, List.of(y));
        }
        if (g.chance(3)) {
            Item same = g.of(DataType.FLOAT, y.tensor().shape());
            g.op("Add", ROUNDED, List.of(y, same));
        }
    }

    private static void gemm(FuzzGraph g) {
        DataType t = g.type(REALS);
        int m = g.pick(1, 5);
        int k = g.pick(g.chance(10) ? 0 : 1, 6);
        int n = g.pick(1, 6);
        boolean ta = g.chance();
        boolean tb = g.chance();
        Item a = g.of(t, ta ? new int[] {k, m} : new int[] {m, k});
        Item b = g.of(t, tb ? new int[] {n, k} : new int[] {k, n});
        int[] shape = g.opset() < 7 ? new int[] {m, n} : g.one(new int[] {n}, new int[] {m, n}, new int[] {m, 1},
                new int[] {1, n}, new int[] {1}, new int[0]);
        Item c = g.opset() >= 11 && g.chance(3) ? null : g.of(t, shape);
        g.op("Gemm", ROUNDED, Arrays.asList(a, b, c), when(ta, flag("transA", true)), when(tb, flag("transB", true)),
                when(g.chance(3), real("alpha", g.one(0.5f, 2f, -1f))),
                when(g.chance(3), real("beta", g.one(0.5f, 2f, 0f))));
    }

    private static void einsum(FuzzGraph g) {
        String equation = g.one("ij,jk->ik", "ij,kj->ki", "bij,bjk->bik", "i,j->ij", "ij->ji", "ij->", "ij->i",
                "...ij,...jk->...ik", "bhqd,bhkd->bhqk", "ij,ij->ij", "ijk,ik->ij", "i,i->", "bij,bkj", "ij,jk,kl->il",
                "abc->cab", "b i j , j -> b i", "...i->...");
        int[] sizes = FuzzShapes.picks(g, 26, 1, 4);
        DataType t = g.type(COMMON);
        List<Item> inputs = new ArrayList<>();
        int[] batch = FuzzShapes.picks(g, g.pick(0, 2), 1, 3);
        for (String term : equation.split("->")[0].replace(" ", "").split(",")) {
            int[] shape = term.contains("...") ? batch : new int[0];
            for (char c : term.replace("...", "").toCharArray()) {
                shape = FuzzShapes.joined(shape, sizes[c - 'a']);
            }
            inputs.add(g.of(t, shape));
        }
        if (!inputs.stream().allMatch(i -> FuzzGraph.within(i, 1e5))) {
            throw new FuzzGraph.Unfit();
        }
        g.op("Einsum", ROUNDED, inputs, text("equation", equation));
    }

    private static void attention(FuzzGraph g) {
        DataType t = g.type(DataType.FLOAT, DataType.FLOAT16);
        int batch = g.pick(1, 2);
        int keyHeads = g.pick(1, 2);
        int heads = keyHeads * g.pick(1, 2);
        int size = g.pick(1, 6);
        int values = g.chance() ? size : g.pick(1, 5);
        int queries = g.pick(1, 4);
        int now = g.chance() ? queries : g.pick(1, 5);
        boolean flat = g.chance();
        int past = g.chance(3) ? g.pick(1, 3) : 0;
        Item q = reals(g, t, flat ? new int[] {batch, queries, heads * size} : new int[] {batch, heads, queries, size});
        Item k = reals(g, t, flat ? new int[] {batch, now, keyHeads * size} : new int[] {batch, keyHeads, now, size});
        Item v = reals(g, t, flat ? new int[] {batch, now, keyHeads * values}
                : new int[] {batch, keyHeads, now, values});
        int keys = past + now;
        Item mask = g.chance() ? null : g.chance()
                ? g.leaf(g.values.between(DataType.BOOL, 1, 1, g.one(new int[] {queries, keys},
                        new int[] {1, 1, queries, keys})))
                : reals(g, t, g.one(new int[] {queries, keys}, new int[] {batch, 1, queries, keys},
                        new int[] {1, heads, queries, keys}));
        Item pastKey = past > 0 ? reals(g, t, batch, keyHeads, past, size) : null;
        Item pastValue = past > 0 ? reals(g, t, batch, keyHeads, past, values) : null;
        g.ops("", "Attention", 2 * ROUNDED, past > 0 ? 3 : 1, Arrays.asList(q, k, v, mask, pastKey, pastValue),
                when(flat, integer("q_num_heads", heads)), when(flat, integer("kv_num_heads", keyHeads)),
                when(g.chance(), flag("is_causal", g.chance())), when(g.chance(3), real("scale", 0.5f)),
                when(g.chance(4), real("softcap", 2f)));
    }

    private static Item reals(FuzzGraph g, DataType t, int... shape) {
        return g.leaf(g.values.reals(t, -1.5, 1.5, shape));
    }

    private static void scatter(FuzzGraph g) {
        DataType t = g.type(FuzzRecipe.COMMON);
        int batch = g.pick(1, 3);
        int room = g.pick(2, 6);
        int now = g.pick(1, room);
        int[] rest = FuzzShapes.picks(g, g.pick(1, 2), 1, 3);
        boolean circular = g.chance();
        g.op("TensorScatter", EXACT, Arrays.asList(g.leaf(g.values.any(t, FuzzShapes.joined(new int[] {batch, room},
                rest))), g.leaf(g.values.any(t, FuzzShapes.joined(new int[] {batch, now}, rest))), g.chance(3) ? null
                        : g.leaf(g.values.between(DataType.INT64, 0, circular ? room - 1 : room - now, batch))),
                integer("axis", 1), text("mode", circular ? "circular" : "linear"));
    }

    private static void rotary(FuzzGraph g) {
        DataType t = g.type(DataType.FLOAT, DataType.FLOAT16);
        int batch = g.pick(1, 2);
        int heads = g.pick(1, 3);
        int tokens = g.pick(1, 4);
        int size = 2 * g.pick(1, 4);
        int turned = g.chance(3) ? 2 * g.pick(1, size / 2) : size;
        boolean flat = g.chance();
        boolean positions = g.chance();
        int[] cache = positions ? new int[] {6, turned / 2} : new int[] {batch, tokens, turned / 2};
        g.op("RotaryEmbedding", ROUNDED, Arrays.asList(reals(g, t, flat ? new int[] {batch, tokens, heads * size}
                : new int[] {batch, heads, tokens, size}), reals(g, t, cache), reals(g, t, cache),
                positions ? g.leaf(g.values.between(DataType.INT64, 0, 5, batch, tokens)) : null),
                when(flat, integer("num_heads", heads)), when(turned < size, integer("rotary_embedding_dim", turned)),
                flag("interleaved", g.chance()));
    }
}
