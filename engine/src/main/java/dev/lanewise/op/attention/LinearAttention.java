package dev.lanewise.op.attention;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import dev.lanewise.op.shape.Layout;
import java.util.List;

/**
 * ONNX LinearAttention-27: attention whose memory is one matrix a head. Inputs: query {@code [n, t, heads * k]}, key
 * {@code [n, t, kv heads * k]}, value {@code [n, t, kv heads * v]}, optional state {@code [n, kv heads, k, v]}, optional decay
 * {@code [n, t, kv heads]} or {@code [n, t, kv heads * k]}, optional beta {@code [n, t, 1 or kv heads]}. Outputs:
 * {@code [n, t, heads * v]} and the state after the last step. Sums are in FLOAT, for DOUBLE in DOUBLE.
 *
 * @param scale of the query; 0 for {@code 1 / sqrt(k)}
 */
public record LinearAttention(int heads, int kvHeads, Rule rule, float scale) implements Operator {
    /** What a step adds to the memory, and whether the memory fades before. */
    public enum Rule {
        LINEAR(false, false), GATED(true, false), DELTA(false, true), GATED_DELTA(true, true);

        private final boolean fades;
        private final boolean corrects;

        Rule(boolean fades, boolean corrects) {
            this.fades = fades;
            this.corrects = corrects;
        }
    }

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, Elements.floats());
        for (int i = 1; i < 3; i++) {
            in.sameType(0, i);
        }
        if (heads < 1 || kvHeads < 1 || heads % kvHeads != 0) {
            throw in.error("heads that are a multiple of the key's", heads + " and " + kvHeads, "correct them");
        }
        if (rule.fades != in.has(4) || rule.corrects != in.has(5)) {
            throw in.error("a decay for gated rules and a beta for delta rules", rule.toString(), "correct the inputs");
        }
        DataType stateType = in.has(3) ? in.type(3, Elements.floats()) : type;
        if (in.shape(0) == null || in.shape(1) == null || in.shape(2) == null) {
            return List.of(Fact.unknown(type), Fact.unknown(stateType));
        }
        Dim[] q = shape(in, 0);
        Dim[] k = shape(in, 1);
        Dim[] v = shape(in, 2);
        in.assumeEqual(q[0], k[0]);
        in.assumeEqual(q[1], k[1]);
        in.assumeEqual(q[0], v[0]);
        in.assumeEqual(q[1], v[1]);
        Dim width = q[2].floorDiv(Dim.constant(heads));
        in.assumeEqual(width.times(kvHeads), k[2]);
        Dim depth = v[2].floorDiv(Dim.constant(kvHeads));
        in.assumeEqual(depth.times(kvHeads), v[2]);
        Dim[] state = {q[0], Dim.constant(kvHeads), width, depth};
        if (in.has(3) && in.shape(3) != null) {
            if (in.shape(3).length != state.length) {
                throw in.error("a state of rank 4", in.input(3).toString(), "reshape it");
            }
            for (int a = 0; a < state.length; a++) {
                in.assumeEqual(in.shape(3)[a], state[a]);
            }
        }
        return List.of(Fact.of(type, q[0], q[1], depth.times(heads)), Fact.of(stateType, state));
    }

    private static Dim[] shape(Inference in, int i) {
        if (in.shape(i).length != 3) {
            throw in.error("input " + i + " of rank 3", in.input(i).toString(), "reshape it");
        }
        return in.shape(i);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int[][] shapes = Layout.shapes(this, inputs);
        int[] s = shapes[1];
        Tensor past = Layout.optional(inputs, 3);
        Tensor y = Tensor.zeros(inputs[0].type(), shapes[0]);
        Tensor present = Tensor.zeros(past == null ? y.type() : past.type(), s);
        int matrix = s[2] * s[3];
        for (int h = 0; h < s[0] * kvHeads; h++) {
            double[] state = new double[matrix];
            for (int i = 0; past != null && i < matrix; i++) {
                state[i] = Elements.doubleAt(past, h * matrix + i);
            }
            for (int t = 0; t < shapes[0][1]; t++) {
                int row = h / kvHeads * shapes[0][1] + t;
                step(inputs, state, row, h % kvHeads, s[2], s[3]);
                read(inputs[0], state, y, row, h % kvHeads, s[2], s[3]);
            }
            for (int i = 0; i < matrix; i++) {
                Elements.set(present, h * matrix + i, state[i]);
            }
        }
        return new Tensor[] {y, present};
    }

    /** One step of the memory of one head. */
    private void step(Tensor[] in, double[] state, int row, int head, int width, int depth) {
        boolean single = in[0].type() != DataType.DOUBLE;
        if (rule.fades) {
            int each = in[4].size() == 0 ? 0 : in[4].dim(2) / kvHeads;
            for (int i = 0; i < width; i++) {
                int at = (row * kvHeads + head) * each + (each == 1 ? 0 : i);
                double fade = rounded(StrictMath.exp(Elements.doubleAt(in[4], at)), single);
                for (int j = 0; j < depth; j++) {
                    state[i * depth + j] = rounded(state[i * depth + j] * fade, single);
                }
            }
        }
        int betas = rule.corrects ? in[5].dim(2) : 0;
        double beta = rule.corrects ? Elements.doubleAt(in[5], row * betas + (betas == 1 ? 0 : head)) : 1;
        int key = (row * kvHeads + head) * width;
        for (int j = 0; j < depth; j++) {
            double value = Elements.doubleAt(in[2], (row * kvHeads + head) * depth + j);
            for (int i = 0; rule.corrects && i < width; i++) {
                value = rounded(value - state[i * depth + j] * Elements.doubleAt(in[1], key + i), single);
            }
            value = rounded(value * beta, single);
            for (int i = 0; i < width; i++) {
                double added = state[i * depth + j] + Elements.doubleAt(in[1], key + i) * value;
                state[i * depth + j] = rounded(added, single);
            }
        }
    }

    /** What the queries of one head of keys get from its memory. */
    private void read(Tensor query, double[] state, Tensor y, int row, int head, int width, int depth) {
        int group = heads / kvHeads;
        boolean single = query.type() != DataType.DOUBLE;
        double factor = scale == 0 ? 1 / Math.sqrt(width) : scale;
        for (int g = 0; g < group; g++) {
            int at = row * heads + head * group + g;
            for (int j = 0; j < depth; j++) {
                double sum = 0;
                for (int i = 0; i < width; i++) {
                    sum = rounded(sum + Elements.doubleAt(query, at * width + i) * state[i * depth + j], single);
                }
                Elements.set(y, at * depth + j, sum * factor);
            }
        }
    }

    private static double rounded(double value, boolean single) {
        return single ? (float) value : value;
    }
}
