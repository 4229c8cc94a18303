package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.integer;
import static dev.lanewise.loaders.onnx.OnnxModels.ints;
import static dev.lanewise.loaders.onnx.OnnxModels.real;
import static dev.lanewise.loaders.onnx.OnnxModels.reals;
import static dev.lanewise.loaders.onnx.OnnxModels.text;

import dev.lanewise.DataType;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Random graphs of float operators of the domain com.microsoft, but for attention. */
final class ContribFloatGraphs {
    /**
     * ONNX Runtime's variance is the mean of the squares less the square of the mean, whose rounding a smaller epsilon would magnify in
     * rows of nearly equal elements.
     */
    private static final float EPSILON = 1e-3f;

    private final List<ContribGraph> all = new ArrayList<>();

    private ContribFloatGraphs() {
    }

    static List<ContribGraph> all() {
        ContribFloatGraphs graphs = new ContribFloatGraphs();
        graphs.skipLayerNormalization();
        graphs.simplifiedNorms();
        graphs.embeddings();
        graphs.activations();
        graphs.products();
        return graphs.all;
    }

    private void add(String operator, Consumer<RandomModel> builder) {
        all.add(new ContribGraph(operator, 1e-4, 0, builder));
    }

    private void skipLayerNormalization() {
        add("SkipLayerNormalization", m -> {
            int[] shape = {m.pick(1, 3), m.pick(1, 5), m.pick(2, 20)};
            int[] skip = m.one(shape, new int[] {shape[1], shape[2]}, new int[] {1, shape[1], shape[2]});
            String inputs = String.join(",", m.input(m.floats(-1, 1, shape)), m.any(m.floats(-1, 1, skip)),
                    m.constant(m.floats(-1, 1, shape[2])), m.one("", m.constant(m.floats(-1, 1, shape[2]))),
                    m.one("", m.constant(m.floats(-1, 1, shape[2]))));
            m.add("com.microsoft", "SkipLayerNormalization", inputs, "y,,,sum", real("epsilon", EPSILON));
            m.output("y", DataType.FLOAT).output("sum", DataType.FLOAT);
        });
    }

    private void simplifiedNorms() {
        add("SkipSimplifiedLayerNormalization", m -> {
            int[] shape = {m.pick(1, 3), m.pick(1, 5), m.pick(2, 20)};
            m.add("com.microsoft", "SkipSimplifiedLayerNormalization", String.join(",", m.input(m.floats(-1, 1, shape)),
                    m.any(m.floats(-1, 1, shape)), m.constant(m.floats(-1, 1, shape[2])),
                    m.one("", m.constant(m.floats(-1, 1, shape[2])))), "y,,,sum", real("epsilon", EPSILON));
            m.output("y", DataType.FLOAT).output("sum", DataType.FLOAT);
        });
        add("SimplifiedLayerNormalization", m -> {
            int[] shape = {m.pick(1, 3), m.pick(1, 5), m.pick(2, 20)};
            m.add("", "SimplifiedLayerNormalization", m.input(m.floats(-1, 1, shape)) + ","
                    + m.constant(m.floats(-1, 1, shape[2])), "y,inverse");
            m.output("y", DataType.FLOAT).output("inverse", DataType.FLOAT);
        });
    }

    private void embeddings() {
        add("EmbedLayerNormalization", m -> {
            int batch = m.pick(1, 3);
            int tokens = m.pick(1, 5);
            int width = m.pick(2, 12);
            boolean segments = m.chance();
            m.add("com.microsoft", "EmbedLayerNormalization", String.join(",",
                    m.input(m.integers(DataType.INT32, 0, 8, batch, tokens)),
                    segments ? m.input(m.integers(DataType.INT32, 0, 1, batch, tokens)) : "",
                    m.constant(m.floats(-1, 1, 9, width)), m.constant(m.floats(-1, 1, 8, width)),
                    segments ? m.constant(m.floats(-1, 1, 2, width)) : "", m.constant(m.floats(-1, 1, width)),
                    m.constant(m.floats(-1, 1, width)),
                    m.one("", m.input(m.integers(DataType.INT32, 0, 1, batch, tokens)))), "y,count,sum",
                    real("epsilon", EPSILON));
            m.output("y", DataType.FLOAT).output("count", DataType.INT32).output("sum", DataType.FLOAT);
        });
    }

    private void activations() {
        for (String type : new String[] {"BiasGelu", "FastGelu", "Gelu", "QuickGelu"}) {
            add(type, m -> {
                int width = m.pick(1, 20);
                String x = m.input(m.floats(-4, 4, m.pick(1, 3), m.pick(1, 4), width));
                String bias = type.equals("BiasGelu") || type.equals("FastGelu") && m.chance()
                        ? "," + m.constant(m.floats(-1, 1, width)) : "";
                m.output(m.contrib(type, x + bias), DataType.FLOAT);
            });
        }
    }

    private void products() {
        for (String type : new String[] {"FusedMatMul", "TransposeMatMul"}) {
            add(type, m -> {
                int b = m.pick(1, 3);
                int r = m.pick(1, 4);
                int k = m.pick(1, 9);
                int n = m.pick(1, 6);
                boolean ta = m.chance();
                boolean tb = m.chance();
                boolean ba = type.equals("FusedMatMul") && m.chance();
                boolean bb = type.equals("FusedMatMul") && m.chance();
                m.output(m.contrib(type, m.input(m.floats(-1, 1, stored(b, r, k, ta, ba))) + ","
                        + m.any(m.floats(-1, 1, stored(b, k, n, tb, bb))), real("alpha", m.one(1f, 0.5f)),
                        integer("transA", ta ? 1 : 0), integer("transB", tb ? 1 : 0),
                        ba ? integer("transBatchA", 1) : null, bb ? integer("transBatchB", 1) : null), DataType.FLOAT);
            });
        }
        String[] functions = {"Relu", "Tanh", "Sigmoid", "LeakyRelu", "HardSigmoid"};
        add("FusedGemm", m -> {
            int k = m.pick(1, 9);
            int n = m.pick(1, 6);
            String f = m.one(functions);
            m.output(m.contrib("FusedGemm", m.input(m.floats(-1, 1, m.pick(1, 4), k)) + ","
                    + m.any(m.floats(-1, 1, n, k)) + "," + m.constant(m.floats(-1, 1, n)), integer("transB", 1),
                    text("activation", f), real("activation_alpha", 0.3f), real("activation_beta", 0.4f)),
                    DataType.FLOAT);
        });
        add("FusedConv", m -> {
            String f = m.one(functions);
            int channels = m.pick(1, 4);
            int size = m.pick(3, 7);
            AttributeProto.Builder parameters = switch (f) {
                case "LeakyRelu" -> reals("activation_params", 0.3f);
                case "HardSigmoid" -> reals("activation_params", 0.3f, 0.4f);
                default -> reals("activation_params");
            };
            m.output(m.contrib("FusedConv", String.join(",", m.input(m.floats(-1, 1, 1, channels, size, size)),
                    m.constant(m.floats(-1, 1, 3, channels, 3, 3)), m.constant(m.floats(-1, 1, 3)),
                    m.one("", m.input(m.floats(-1, 1, 1, 3, size, size)))), ints("pads", 1, 1, 1, 1),
                    ints("kernel_shape", 3, 3), text("activation", f), parameters), DataType.FLOAT);
        });
    }

    /** How an operand {@code [batch, rows, columns]} is stored. */
    private static int[] stored(int batch, int rows, int columns, boolean transposed, boolean transposedBatch) {
        int row = transposed ? columns : rows;
        int column = transposed ? rows : columns;
        return transposedBatch ? new int[] {row, batch, column} : new int[] {batch, row, column};
    }
}
