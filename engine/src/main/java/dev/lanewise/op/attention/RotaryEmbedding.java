package dev.lanewise.op.attention;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.HalfPrecision;
import java.util.List;

/**
 * Turns pairs of elements of each head by an angle that depends on the token's position. Inputs: x
 * {@code [batch, heads, tokens, d]} or {@code [batch, tokens, heads*d]}; cosines and sines, with INT64 positions
 * {@code [batch, tokens]} as input 3 {@code [positions, turned/2]}, without them {@code [batch, tokens, turned/2]}.
 * Output as x. Su et al. 2021; ONNX RotaryEmbedding-23.
 *
 * @param heads of x of rank 3; 0 where rank 4 says it
 * @param turned elements of each head that are turned; 0 for all
 * @param interleaved pairs are neighbours, rather than an element of the first and one of the second half
 */
public record RotaryEmbedding(int heads, int turned, boolean interleaved) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16);
        in.sameType(0, 1);
        in.sameType(0, 2);
        if (in.has(3)) {
            in.type(3, DataType.INT64);
        }
        if (!in.shapesKnown()) {
            return List.of(Fact.unknown(type));
        }
        Dim[] x = in.shape(0);
        if (x.length != 4 && (x.length != 3 || heads < 1) || x.length == 3 && x[2].isConstant()
                && x[2].value() % heads != 0) {
            throw in.error("x of rank 4, or of rank 3 and the number of heads", in.input(0) + ", " + heads + " heads",
                    "give num_heads or reshape x");
        }
        Dim size = x.length == 4 ? x[3] : x[2].floorDiv(Dim.constant(heads));
        Dim part = turned == 0 ? size : Dim.constant(turned);
        if (turned < 0 || part.isConstant() && part.value() % 2 != 0
                || part.isConstant() && size.isConstant() && part.value() > size.value()) {
            throw in.error("an even number of turned elements, at most " + size, part.toString(),
                    "correct rotary_embedding_dim");
        }
        Dim half = part.floorDiv(Dim.constant(2));
        for (int i = 1; i <= 2; i++) {
            Dim[] angles = in.shape(i);
            if (angles.length != (in.has(3) ? 2 : 3) || angles[angles.length - 1].isConstant() && half.isConstant()
                    && !angles[angles.length - 1].equals(half)) {
                throw in.error("angles of shape [" + (in.has(3) ? "positions" : "batch, tokens") + ", " + half + "]",
                        in.input(i).toString(), "check the caches");
            }
            in.assumeEqual(half, angles[angles.length - 1]);
        }
        if (in.has(3) && in.shape(3).length != 2) {
            throw in.error("positions of shape [batch, tokens]", in.input(3).toString(), "reshape them");
        }
        return List.of(Fact.of(type, x));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return HalfPrecision.inFloat(inputs,
                in -> new Tensor[] {turned(in[0], in[1], in[2], in.length > 3 ? in[3] : null)});
    }

    private Tensor turned(Tensor x, Tensor cosines, Tensor sines, Tensor positions) {
        boolean headed = x.rank() == 4;
        int count = headed ? x.dim(1) : heads;
        int tokens = headed ? x.dim(2) : x.dim(1);
        int size = headed ? x.dim(3) : x.dim(2) / heads;
        int half = (turned == 0 ? size : turned) / 2;
        Tensor y = Tensor.of(x.floats().clone(), x.shape());
        for (int row = 0; row < x.dim(0) * count * tokens; row++) {
            int b = row / (count * tokens);
            int token = headed ? row % tokens : row / count % tokens;
            int angles = b * tokens + token;
            if (positions != null) {
                long position = positions.longs()[b * tokens + token];
                if (position < 0 || position >= cosines.dim(0)) {
                    throw new InvalidInputException("position_ids", "positions below " + cosines.dim(0),
                            Long.toString(position), "correct the positions");
                }
                angles = (int) position;
            }
            turn(x.floats(), y.floats(), row * size, half, cosines.floats(), sines.floats(), angles * half);
        }
        return y;
    }

    private void turn(float[] x, float[] y, int at, int half, float[] cosines, float[] sines, int angles) {
        for (int i = 0; i < half; i++) {
            int first = interleaved ? at + 2 * i : at + i;
            int second = interleaved ? first + 1 : first + half;
            float cos = cosines[angles + i];
            float sin = sines[angles + i];
            y[first] = x[first] * cos - x[second] * sin;
            y[second] = x[first] * sin + x[second] * cos;
        }
    }
}
