package dev.lanewise.bench.model;

import dev.lanewise.loaders.onnx.proto.Onnx.GraphProto;
import dev.lanewise.loaders.onnx.proto.Onnx.ModelProto;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.OperatorSetIdProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorShapeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TypeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.ValueInfoProto;
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
        GraphProto.Builder graph = GraphProto.newBuilder().setName("chain").addInput(port(INPUT, narrow));
        String last = INPUT;
        for (int i = 0; i < pairs; i++) {
            last = product(graph, random, UP + i, last, narrow, wide);
            last = product(graph, random, DOWN + i, last, wide, narrow);
        }
        graph.addOutput(port(last, narrow));
        return ModelProto.newBuilder().setIrVersion(8).setGraph(graph)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17)).build().toByteArray();
    }

    private static String product(GraphProto.Builder graph, Random random, String name, String x, int k, int n) {
        float[] weights = new float[k * n];
        float scale = (float) Math.sqrt(12.0 / k); // variance 1/k, so that values keep their size
        for (int i = 0; i < weights.length; i++) {
            weights[i] = scale * (random.nextFloat() - 0.5f);
        }
        graph.addInitializer(OnnxFile.tensor(name + ".weight", weights, k, n));
        graph.addNode(NodeProto.newBuilder().setOpType("MatMul").setName(name).addInput(x).addInput(name + ".weight")
                .addOutput(name + ".y"));
        return name + ".y";
    }

    private static ValueInfoProto port(String name, int width) {
        return ValueInfoProto.newBuilder().setName(name)
                .setType(TypeProto.newBuilder().setTensorType(TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT_VALUE)
                        .setShape(TensorShapeProto.newBuilder()
                                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("rows"))
                                .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(width)))))
                .build();
    }
}
