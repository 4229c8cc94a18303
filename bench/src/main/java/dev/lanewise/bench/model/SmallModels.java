package dev.lanewise.bench.model;

import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto.AttributeType;
import dev.lanewise.loaders.onnx.proto.Onnx.GraphProto;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import java.util.Arrays;
import java.util.Random;

/** Models of one part of a transformer each, for parts that the engine has as a step and not as one kernel. */
public final class SmallModels {
    private SmallModels() {
    }

    /** Attention as exporters write it out: inputs q, k and v of {@code [1, tokens, heads * depth]}, output y of the same shape. */
    public static byte[] attention(int heads, int depth) {
        int width = heads * depth;
        GraphProto.Builder graph = GraphProto.newBuilder().setName("attention")
                .addInitializer(OnnxFile.longs("split", 0, 0, heads, depth))
                .addInitializer(OnnxFile.longs("join", 0, 0, width))
                .addInitializer(OnnxFile.tensor("scale", new float[] {(float) Math.sqrt(depth)}));
        for (String input : new String[] {"q", "k", "v"}) {
            graph.addInput(OnnxFile.port(input, OnnxFile.FLOAT, 1, "tokens", width))
                    .addNode(OnnxFile.node("Reshape", input + ".split", input, "split").addOutput(input + ".heads"))
                    .addNode(transpose(input + ".heads", input + "t", input.equals("k") ? new long[] {0, 2, 3, 1}
                            : new long[] {0, 2, 1, 3}));
        }
        graph.addNode(OnnxFile.node("MatMul", "scores", "qt", "kt").addOutput("s"))
                .addNode(OnnxFile.node("Div", "scaled", "s", "scale").addOutput("d"))
                .addNode(OnnxFile.node("Softmax", "softmax", "d").addOutput("p")
                        .addAttribute(AttributeProto.newBuilder().setName("axis").setType(AttributeType.INT).setI(-1)))
                .addNode(OnnxFile.node("MatMul", "weighted", "p", "vt").addOutput("w"))
                .addNode(transpose("w", "wt", 0, 2, 1, 3))
                .addNode(OnnxFile.node("Reshape", "joined", "wt", "join").addOutput("y"))
                .addOutput(OnnxFile.port("y", OnnxFile.FLOAT, 1, "tokens", width));
        return OnnxFile.bytes(graph);
    }

    private static NodeProto.Builder transpose(String input, String output, long... order) {
        return OnnxFile.node("Transpose", output + ".transpose", input).addOutput(output)
                .addAttribute(AttributeProto.newBuilder().setName("perm").setType(AttributeType.INTS)
                        .addAllInts(Arrays.stream(order).boxed().toList()));
    }

    /** Rows of a table: input ids of {@code [1, tokens]}, output y of {@code [1, tokens, width]}. */
    public static byte[] embedding(int words, int width) {
        float[] table = new float[words * width];
        Random random = new Random(3);
        for (int i = 0; i < table.length; i++) {
            table[i] = random.nextFloat();
        }
        return OnnxFile.bytes(GraphProto.newBuilder().setName("embedding")
                .addInput(OnnxFile.port("ids", OnnxFile.INT64, 1, "tokens"))
                .addInitializer(OnnxFile.tensor("table", table, words, width))
                .addNode(OnnxFile.node("Gather", "gather", "table", "ids").addOutput("y"))
                .addOutput(OnnxFile.port("y", OnnxFile.FLOAT, 1, "tokens", width)));
    }
}
