package dev.lanewise.bench.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.loaders.onnx.proto.Onnx.GraphProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HuggingFaceFolderTest {
    private static final int WIDTH = 32;
    private static final int HIDDEN = 64;

    /** One layer with the names and layouts that an exporter writes. */
    private static byte[] onnx() {
        GraphProto.Builder graph = GraphProto.newBuilder().setName("bert")
                .addInitializer(OnnxFile.longs("embeddings.position_ids", 0, 1, 2))
                .addInitializer(OnnxFile.tensor("embeddings.word_embeddings.weight", new float[7 * WIDTH], 7, WIDTH))
                .addInitializer(
                        OnnxFile.tensor("embeddings.position_embeddings.weight", new float[3 * WIDTH], 3, WIDTH))
                .addInitializer(
                        OnnxFile.tensor("embeddings.token_type_embeddings.weight", new float[2 * WIDTH], 2, WIDTH))
                .addInitializer(OnnxFile.tensor("encoder.layer.0.attention.self.query.bias", new float[WIDTH], WIDTH))
                .addInitializer(OnnxFile.tensor("onnx::MatMul_1", new float[WIDTH * WIDTH], WIDTH, WIDTH))
                .addInitializer(OnnxFile.tensor("onnx::MatMul_2", counting(WIDTH * HIDDEN), WIDTH, HIDDEN))
                .addNode(OnnxFile.node("MatMul", "/encoder/layer.0/attention/self/query/MatMul", "x", "onnx::MatMul_1"))
                .addNode(OnnxFile.node("MatMul", "/encoder/layer.0/attention/self/MatMul", "x", "y"))
                .addNode(OnnxFile.node("MatMul", "/encoder/layer.0/intermediate/dense/MatMul", "x", "onnx::MatMul_2"));
        return OnnxFile.bytes(graph);
    }

    private static float[] counting(int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = i;
        }
        return values;
    }

    @Test
    void weightsGetTheirNamesBackAndAreTransposed(@TempDir Path folder) throws Exception {
        HuggingFaceFolder.write(onnx(), "{}".getBytes(StandardCharsets.UTF_8), folder);
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("model.safetensors")))
                .order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) file.getLong();
        byte[] header = new byte[length];
        file.get(header);
        String json = new String(header, StandardCharsets.UTF_8);
        assertTrue(
                json.contains("\"encoder.layer.0.attention.self.query.weight\":{\"dtype\":\"F32\",\"shape\":[32,32]"),
                json);
        assertTrue(!json.contains("position_ids"), json);

        Matcher m = Pattern.compile(
                "\"encoder.layer.0.intermediate.dense.weight\":\\{\"dtype\":\"F32\",\"shape\":\\[64,32],\"data_offsets\":\\[(\\d+),(\\d+)]")
                .matcher(json);
        assertTrue(m.find(), json);
        float[] weight = new float[HIDDEN * WIDTH];
        file.position(8 + length + Integer.parseInt(m.group(1)));
        file.asFloatBuffer().get(weight);
        float[] expected = new float[HIDDEN * WIDTH];
        for (int o = 0; o < HIDDEN; o++) {
            for (int i = 0; i < WIDTH; i++) {
                expected[o * WIDTH + i] = i * HIDDEN + o;
            }
        }
        assertArrayEquals(expected, weight);
        assertEquals(Integer.parseInt(m.group(1)) + Float.BYTES * weight.length, Integer.parseInt(m.group(2)));
    }

    @Test
    void theConfigurationComesFromTheShapes(@TempDir Path folder) throws Exception {
        HuggingFaceFolder.write(onnx(), "{}".getBytes(StandardCharsets.UTF_8), folder);
        String config = Files.readString(folder.resolve("config.json"));
        for (String field : new String[] {"\"hidden_size\":32", "\"intermediate_size\":64", "\"num_hidden_layers\":1",
            "\"num_attention_heads\":1", "\"max_position_embeddings\":3", "\"vocab_size\":7"}) {
            assertTrue(config.contains(field), field + " in " + config);
        }
    }
}
