package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.integer;
import static dev.lanewise.loaders.onnx.OnnxModels.real;

import com.google.protobuf.ByteString;
import dev.lanewise.DataType;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import org.junit.jupiter.api.Test;

/** Float operators of the domain com.microsoft, but for attention, against ONNX Runtime, on random models. */
class ContribFloatAgreementTest {
    private static final long OPSET = 21;
    private static final int SEEDS = 16;

    private static void run(String what, ContribQuantAgreementTest.Case c) throws Exception {
        Differential d = new Differential();
        for (int seed = 0; seed < SEEDS; seed++) {
            RandomModel m = new RandomModel(seed, OPSET);
            c.build(m);
            d.compare(what + " " + seed, m, 1e-4, 0);
        }
        System.out.println(what + ": " + d);
    }

    @Test
    void skipLayerNormalization() throws Exception {
        run("SkipLayerNormalization", m -> {
            int[] shape = {m.pick(1, 3), m.pick(1, 5), m.pick(2, 20)};
            int[] skip = m.one(shape, new int[] {shape[1], shape[2]}, new int[] {1, shape[1], shape[2]});
            String inputs = String.join(",", m.input(m.floats(-1, 1, shape)), m.any(m.floats(-1, 1, skip)),
                    m.constant(m.floats(-1, 1, shape[2])), m.one("", m.constant(m.floats(-1, 1, shape[2]))),
                    m.one("", m.constant(m.floats(-1, 1, shape[2]))));
            m.add("com.microsoft", "SkipLayerNormalization", inputs, "y,,,sum", real("epsilon", 1e-5f));
            m.output("y", DataType.FLOAT).output("sum", DataType.FLOAT);
        });
    }

    @Test
    void activations() throws Exception {
        for (String type : new String[] {"BiasGelu", "FastGelu", "QuickGelu", "Gelu"}) {
            run(type, m -> {
                int width = m.pick(1, 20);
                String x = m.input(m.floats(-4, 4, m.pick(1, 3), width));
                String bias = type.equals("BiasGelu") || type.equals("FastGelu") && m.chance()
                        ? "," + m.any(m.floats(-1, 1, width)) : "";
                m.output(m.contrib(type, x + bias), DataType.FLOAT);
            });
        }
    }

    @Test
    void embedLayerNormalization() throws Exception {
        run("EmbedLayerNormalization", m -> {
            int batch = m.pick(1, 3);
            int tokens = m.pick(1, 6);
            int width = m.pick(2, 20);
            boolean segments = m.chance();
            String mask = m.one("", m.input(m.integers(DataType.INT32, 0, 1, batch, tokens)));
            String inputs = String.join(",", m.input(m.integers(DataType.INT32, 0, 9, batch, tokens)),
                    segments ? m.input(m.integers(DataType.INT32, 0, 1, batch, tokens)) : "",
                    m.constant(m.floats(-1, 1, 10, width)), m.constant(m.floats(-1, 1, 8, width)),
                    segments ? m.constant(m.floats(-1, 1, 2, width)) : "", m.constant(m.floats(-1, 1, width)),
                    m.constant(m.floats(-1, 1, width)), mask);
            m.add("com.microsoft", "EmbedLayerNormalization", inputs, "y,lengths", real("epsilon", 1e-5f));
            m.output("y", DataType.FLOAT).output("lengths", DataType.INT32);
        });
    }

    @Test
    void fusedProducts() throws Exception {
        run("FusedMatMul", m -> {
            int batch = m.pick(1, 3);
            int rows = m.pick(1, 5);
            int k = m.pick(1, 9);
            int columns = m.pick(1, 9);
            boolean a = m.chance();
            boolean b = m.chance();
            String inputs = m.input(a ? m.floats(-1, 1, batch, k, rows) : m.floats(-1, 1, batch, rows, k)) + ","
                    + m.any(b ? m.floats(-1, 1, columns, k) : m.floats(-1, 1, k, columns));
            m.output(m.contrib("FusedMatMul", inputs, integer("transA", a ? 1 : 0), integer("transB", b ? 1 : 0),
                    real("alpha", 0.7f)), DataType.FLOAT);
        });
        run("FusedConv", m -> {
            int channels = m.pick(1, 4);
            int outputs = m.pick(1, 5);
            String function = m.one("Relu", "Tanh", "Sigmoid", "LeakyRelu");
            String inputs = String.join(",", m.input(m.floats(-1, 1, m.pick(1, 2), channels, 6, 7)),
                    m.constant(m.floats(-1, 1, outputs, channels, 3, 3)), m.constant(m.floats(-1, 1, outputs)));
            var attributes = new java.util.ArrayList<>(java.util.List.of(text("activation", function)));
            if (function.equals("LeakyRelu")) {
                attributes.add(reals("activation_params", 0.1f));
            }
            m.output(m.contrib("FusedConv", inputs, attributes.toArray(AttributeProto.Builder[]::new)),
                    DataType.FLOAT);
        });
    }

    private static AttributeProto.Builder text(String name, String value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value));
    }

    private static AttributeProto.Builder reals(String name, float value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.FLOATS).addFloats(value);
    }
}
