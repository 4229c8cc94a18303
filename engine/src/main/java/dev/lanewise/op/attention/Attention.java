package dev.lanewise.op.attention;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.HalfPrecision;
import java.util.Arrays;
import java.util.List;

/**
 * Scaled dot-product attention with grouped heads, masks and a key/value cache: ONNX Attention-24. Inputs: q, k, v,
 * either {@code [batch, heads, tokens, d]} or {@code [batch, tokens, heads*d]}; optional mask, BOOL (true takes
 * part) or added, that broadcasts to {@code [batch, heads, queries, keys]} and whose last axis may be short (the
 * rest is masked); optional past keys and values {@code [batch, heads, past, d]}; optional INT64 number of valid
 * keys {@code [batch]}. Outputs: y like q, present keys and values (past and new ones), and the scores {@code
 * [batch, heads, queries, keys]} at the given stage. A query that sees no key gives zeros.
 *
 * @param causal query i sees keys up to i plus the number of keys that precede the queries
 * @param queryHeads heads of q of rank 3; 0 where rank 4 says it
 * @param keyHeads heads of k and v; divides the heads of q
 * @param scale of the scores; NaN for {@code 1/sqrt(d)}
 * @param softCap scores s become {@code softCap * tanh(s / softCap)}; 0 for none
 */
public record Attention(boolean causal, int queryHeads, int keyHeads, float scale, float softCap, Scores scores)
        implements Operator {
    static final int MASK = 3;
    static final int PAST_KEY = 4;
    static final int PAST_VALUE = 5;
    static final int VALID_KEYS = 6;

    /** The stage at which the scores are an output: products, capped, with the mask, or as probabilities. */
    public enum Scores {
        RAW, CAPPED, MASKED, PROBABILITIES
    }

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16);
        in.sameType(0, 1);
        DataType values = in.type(2, DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16);
        if (in.has(MASK)) {
            in.type(MASK, DataType.BOOL, DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16);
        }
        if (in.has(PAST_KEY) != in.has(PAST_VALUE)) {
            throw in.error("past keys and past values", "one of them", "give both or none");
        }
        if (in.has(PAST_KEY)) {
            in.sameType(1, PAST_KEY);
            in.sameType(2, PAST_VALUE);
        }
        if (in.has(VALID_KEYS)) {
            in.type(VALID_KEYS, DataType.INT64);
        }
        if (!in.shapesKnown()) {
            return List.of(Fact.unknown(type), Fact.unknown(type), Fact.unknown(values), Fact.unknown(type));
        }
        int rank = in.shape(0).length;
        if (rank != 3 && rank != 4 || in.shape(1).length != rank || in.shape(2).length != rank) {
            throw in.error("q, k and v of rank 3 or 4", in.input(0) + ", " + in.input(1) + " and " + in.input(2),
                    "reshape them");
        }
        Dim[] q = headed(in, 0, queryHeads);
        Dim[] k = headed(in, 1, keyHeads);
        Dim[] v = headed(in, 2, keyHeads);
        checkShapes(in, q, k, v);
        Dim keys = in.has(PAST_KEY) ? in.shape(PAST_KEY)[2].plus(k[2]) : k[2];
        if (in.has(MASK)) {
            checkMask(in, new Dim[] {q[0], q[1], q[2], keys});
        }
        Dim[] y = rank == 4 ? new Dim[] {q[0], q[1], q[2], v[3]} : new Dim[] {q[0], q[2], q[1].times(v[3])};
        return List.of(Fact.of(type, y), Fact.of(type, k[0], k[1], keys, k[3]), Fact.of(values, v[0], v[1], keys, v[3]),
                Fact.of(type, q[0], q[1], q[2], keys));
    }

    /** The shape of input {@code i} as {@code [batch, heads, tokens, d]}. */
    private static Dim[] headed(Inference in, int i, int heads) {
        Dim[] shape = in.shape(i);
        if (shape.length == 4) {
            return shape;
        }
        if (heads < 1 || shape[2].isConstant() && shape[2].value() % heads != 0) {
            throw in.error("heads that divide the width of input " + i, heads + " heads for " + in.input(i),
                    "give q_num_heads and kv_num_heads");
        }
        return new Dim[] {shape[0], Dim.constant(heads), shape[1], shape[2].floorDiv(Dim.constant(heads))};
    }

    private static void checkShapes(Inference in, Dim[] q, Dim[] k, Dim[] v) {
        if (q[1].isConstant() && k[1].isConstant() && (k[1].is(0) || q[1].value() % k[1].value() != 0)) {
            throw in.error("heads of k that divide those of q", q[1] + " and " + k[1], "check the heads");
        }
        agree(in, 1, "batch", q[0], k[0]);
        agree(in, 1, "head size", q[3], k[3]);
        for (int d = 0; d < 3; d++) {
            agree(in, 2, "shape but for the head size", k[d], v[d]);
        }
        for (int past = PAST_KEY; past <= PAST_VALUE && in.has(past); past++) {
            Dim[] shape = in.shape(past);
            if (shape.length != 4) {
                throw in.error("input " + past + " of rank 4", in.input(past).toString(), "reshape it");
            }
            Dim[] now = past == PAST_KEY ? k : v;
            agree(in, past, "batch", now[0], shape[0]);
            agree(in, past, "number of heads", now[1], shape[1]);
            agree(in, past, "head size", now[3], shape[3]);
            agree(in, past, "number of tokens", in.shape(PAST_KEY)[2], shape[2]);
        }
        if (in.has(VALID_KEYS)) {
            if (in.shape(VALID_KEYS).length != 1) {
                throw in.error("valid keys of rank 1", in.input(VALID_KEYS).toString(), "reshape them");
            }
            agree(in, VALID_KEYS, "batch", q[0], in.shape(VALID_KEYS)[0]);
        }
    }

    private static void agree(Inference in, int i, String what, Dim due, Dim found) {
        if (due.isConstant() && found.isConstant() && !due.equals(found)) {
            throw in.error("input " + i + " with the same " + what + ", " + due, in.input(i).toString(),
                    "check the shapes");
        }
        in.assumeEqual(due, found);
    }

    private static void checkMask(Inference in, Dim[] due) {
        Dim[] mask = in.shape(MASK);
        boolean fits = mask.length >= 1 && mask.length <= 4;
        for (int d = 0; fits && d < mask.length; d++) {
            Dim wanted = due[4 - mask.length + d];
            boolean last = d == mask.length - 1;
            fits = !mask[d].isConstant() || !wanted.isConstant() || mask[d].equals(wanted) || mask[d].is(1) && !last
                    || last && mask[d].value() < wanted.value();
        }
        if (!fits) {
            throw in.error("a mask that broadcasts to " + Arrays.toString(due), in.input(MASK).toString(),
                    "check the mask's shape");
        }
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor[] in = Arrays.copyOf(HalfPrecision.widened(inputs), VALID_KEYS + 1);
        Tensor[] out = new ReferenceAttention(this, in).run();
        for (int i = 0; i < out.length; i++) {
            out[i] = HalfPrecision.narrowed(out[i], inputs[i == 2 ? 2 : 0].type());
        }
        return out;
    }
}
