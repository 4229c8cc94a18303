package dev.lanewise.bench.model;

import dev.lanewise.loaders.onnx.proto.Onnx.GraphProto;
import java.util.Random;

/**
 * A model of matrix products alone, one after the other, each with weights of its own: {@code [rows, narrow]} to
 * {@code [rows, wide]} and back, as in the feed-forward part of a transformer. With few pairs the weights stay in the cache, with
 * many each run streams them from memory.
 */
public final class MatMulChain {
    /** Names of the nodes begin with these. */
    public static final String UP = "up";
    public static final String DOWN = "down";
    public static final String INPUT = "x";

    private MatMulChain() {
    }

    /** An ONNX file whose input is {@link #INPUT}: FLOAT [rows, narrow]. */
    public static byte[] onnx(int narrow, int wide, int pairs) {
        Random random = new Random(7);
        GraphProto.Builder graph =
                GraphProto.newBuilder().setName("chain").addInput(OnnxFile.port(INPUT, OnnxFile.FLOAT, "rows", narrow));
        String last = INPUT;
        for (int i = 0; i < pairs; i++) {
            last = product(graph, random, UP + i, last, narrow, wide);
            last = product(graph, random, DOWN + i, last, wide, narrow);
        }
        graph.addOutput(OnnxFile.port(last, OnnxFile.FLOAT, "rows", narrow));
        return OnnxFile.bytes(graph);
    }

    private static String product(GraphProto.Builder graph, Random random, String name, String x, int k, int n) {
        float[] weights = new float[k * n];
        float scale = (float) Math.sqrt(12.0 / k); // variance 1/k, so that values keep their size
        for (int i = 0; i < weights.length; i++) {
            weights[i] = scale * (random.nextFloat() - 0.5f);
        }
        graph.addInitializer(OnnxFile.tensor(name + ".weight", weights, k, n));
        graph.addNode(OnnxFile.node("MatMul", name, x, name + ".weight").addOutput(name + ".y"));
        return name + ".y";
    }
}
