package dev.lanewise.bench.model;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.lanewise.loaders.onnx.proto.Onnx.GraphProto;
import dev.lanewise.loaders.onnx.proto.Onnx.ModelProto;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Gives random parameters to a model whose parameters were replaced by fills of one value: nodes {@code ConstantOfShape} become
 * initialisers, and every float parameter of a convolution, dense layer or batch normalisation gets seeded random values. Weights
 * are normal with variance 2 / fan-in (He et al., <a href="https://arxiv.org/abs/1502.01852">Delving Deep into Rectifiers</a>), so
 * that activations keep their scale through the layers.
 *
 * <p>
 * Parameters are also taken off the list of graph inputs, where old files repeat them: what a caller could replace, no
 * engine can fold or pack.
 */
public final class RandomWeights {
    /** First version in which an initialiser need not be an input as well. */
    private static final long IR_VERSION = 4;
    private static final int SCALE = 1;
    /** Less than 1, since residual branches add up and the scores at the end should not all be 0 and 1. */
    private static final double NORM_SCALE = 0.4;
    private static final int VARIANCE = 4;

    private final Random random;

    private RandomWeights(long seed) {
        random = new Random(seed);
    }

    /** The model with its parameters filled; the same bytes for the same seed. */
    public static byte[] fill(byte[] model, long seed) throws InvalidProtocolBufferException {
        return new RandomWeights(seed).fill(ModelProto.parseFrom(model)).toByteArray();
    }

    private ModelProto fill(ModelProto model) {
        OnnxFile file = new OnnxFile(model);
        Map<String, TensorProto> initialisers = new HashMap<>(file.initialisers());
        Map<String, long[]> shapes = new HashMap<>();
        file.initialisers().values().stream().filter(OnnxFile::isFloat)
                .forEach(t -> shapes.put(t.getName(), t.getDimsList().stream().mapToLong(Long::longValue).toArray()));
        List<NodeProto> nodes = new ArrayList<>();
        for (NodeProto node : file.nodes()) {
            if (node.getOpType().equals("ConstantOfShape") && initialisers.containsKey(node.getInput(0))) {
                shapes.put(node.getOutput(0), longs(initialisers.remove(node.getInput(0))));
            } else {
                nodes.add(node);
            }
        }
        for (NodeProto node : nodes) {
            for (int i = 1; i < node.getInputCount(); i++) {
                long[] shape = shapes.get(node.getInput(i));
                if (shape != null && List.of("Conv", "Gemm", "BatchNormalization").contains(node.getOpType())) {
                    initialisers.put(node.getInput(i),
                            OnnxFile.tensor(node.getInput(i), values(node, i, shape), shape));
                }
            }
        }
        GraphProto.Builder graph = model.getGraph().toBuilder().clearNode().addAllNode(nodes).clearInitializer();
        Set<String> known = new HashSet<>(file.initialisers().keySet());
        known.addAll(initialisers.keySet());
        graph.clearInput().addAllInput(
                model.getGraph().getInputList().stream().filter(i -> !known.contains(i.getName())).toList());
        initialisers.keySet().stream().sorted().map(initialisers::get).forEach(graph::addInitializer);
        return model.toBuilder().setIrVersion(Math.max(IR_VERSION, model.getIrVersion())).setGraph(graph).build();
    }

    private float[] values(NodeProto node, int input, long[] shape) {
        int size = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
        float[] values = new float[size];
        boolean norm = node.getOpType().equals("BatchNormalization");
        // Outputs come first in the weights of a convolution, and of a dense layer in the files that are meant here.
        double deviation = shape.length > 1 ? Math.sqrt(2.0 * shape[0] / size) : 0.1;
        for (int i = 0; i < size; i++) {
            values[i] = norm && input == VARIANCE ? 0.5f + random.nextFloat()
                    : (float) ((norm && input == SCALE ? NORM_SCALE : 0) + deviation * random.nextGaussian());
        }
        return values;
    }

    private static long[] longs(TensorProto t) {
        LongBuffer data = t.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
        long[] values = new long[data.remaining()];
        data.get(values);
        return values;
    }
}
