package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.FuzzRecipe.flag;
import static dev.lanewise.loaders.onnx.FuzzRecipe.when;
import static dev.lanewise.loaders.onnx.OnnxModels.integer;
import static dev.lanewise.loaders.onnx.OnnxModels.real;
import static dev.lanewise.loaders.onnx.OnnxModels.text;

import dev.lanewise.DataType;
import dev.lanewise.loaders.onnx.FuzzModel.Item;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto.AttributeType;
import java.util.Arrays;
import java.util.List;

/** RNN, GRU and LSTM in all their forms. */
final class FuzzRecurrent {
    private static final double TOLERANCE = 2e-5;

    private FuzzRecurrent() {
    }

    static List<FuzzRecipe> recipes() {
        return List.of(FuzzRecipe.of("RNN", 7, g -> cell(g, "RNN", 1)),
                FuzzRecipe.of("GRU", 7, g -> cell(g, "GRU", 3)), FuzzRecipe.of("LSTM", 7, g -> cell(g, "LSTM", 4)));
    }

    private static void cell(FuzzGraph g, String type, int gates) {
        boolean lstm = type.equals("LSTM");
        String direction = g.one("forward", "reverse", "bidirectional");
        int directions = direction.equals("bidirectional") ? 2 : 1;
        int hidden = g.pick(1, 5);
        int width = g.pick(1, 5);
        int batch = g.pick(1, 3);
        int steps = g.pick(1, 4);
        boolean batchFirst = false;
        Item x = reals(g, batchFirst ? new int[] {batch, steps, width} : new int[] {steps, batch, width});
        int[] state = {directions, batch, hidden};
        Item w = weights(g, directions, gates * hidden, width);
        Item r = weights(g, directions, gates * hidden, hidden);
        Item b = g.chance() ? weights(g, directions, 2 * gates * hidden) : null;
        Item lengths = g.chance(3) ? g.leaf(g.values.between(DataType.INT32, 1, steps, batch)) : null;
        Item h = g.chance() ? reals(g, state) : null;
        Item c = lstm && g.chance() ? reals(g, state) : null;
        Item peepholes = lstm && g.chance(3) ? weights(g, directions, 3 * hidden) : null;
        g.ops("", type, TOLERANCE, g.pick(1, lstm ? 3 : 2), Arrays.asList(x, w, r, b, lengths, h, c, peepholes),
                text("direction", direction), integer("hidden_size", hidden), when(g.chance(4), real("clip", 0.7f)),
                when(type.equals("GRU"), flag("linear_before_reset", g.chance())),
                when(lstm && g.chance(6), flag("input_forget", true)),
                when(g.chance(3), activations(g, type, directions)));
    }

    private static AttributeProto.Builder activations(FuzzGraph g, String type, int directions) {
        AttributeProto.Builder a = AttributeProto.newBuilder().setName("activations")
                .setType(AttributeType.STRINGS);
        int each = type.equals("LSTM") ? 3 : type.equals("GRU") ? 2 : 1;
        for (int i = 0; i < directions * each; i++) {
            a.addStrings(com.google.protobuf.ByteString.copyFromUtf8(g.one("Relu", "Tanh", "Sigmoid", "Softsign")));
        }
        return a;
    }

    private static Item reals(FuzzGraph g, int... shape) {
        return g.leaf(g.values.reals(DataType.FLOAT, -1, 1, shape));
    }

    private static Item weights(FuzzGraph g, int... shape) {
        return g.chance(4) ? reals(g, shape) : g.constant(g.values.reals(DataType.FLOAT, -1, 1, shape));
    }
}
