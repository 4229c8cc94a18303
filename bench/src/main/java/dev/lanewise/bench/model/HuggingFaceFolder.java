package dev.lanewise.bench.model;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.lanewise.loaders.onnx.proto.Onnx.ModelProto;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;

/**
 * A BERT encoder from an ONNX file as the folder that other engines read: {@code config.json}, {@code tokenizer.json} and
 * {@code model.safetensors} with the names and layouts of the original checkpoint.
 *
 * <p>
 * In the ONNX file a weight of a dense layer is the transposed one and has lost its name; it gets it back from the name of
 * the {@code MatMul} node that reads it: {@code /encoder/layer.0/attention/self/query/MatMul}. The pooler of the checkpoint is
 * not in the file, since sentence vectors are means; readers that insist on one get the identity.
 */
public final class HuggingFaceFolder {
    private static final String WORDS = "embeddings.word_embeddings.weight";
    private static final String LAYER_0 = "encoder.layer.0.";
    private static final int HEAD_WIDTH = 32;

    private HuggingFaceFolder() {
    }

    /** Writes the three files. */
    public static void write(byte[] onnx, byte[] tokenizer, Path folder) throws IOException {
        Map<String, TensorProto> tensors = tensors(new OnnxFile(ModelProto.parseFrom(onnx)));
        Files.createDirectories(folder);
        Files.write(folder.resolve("tokenizer.json"), tokenizer);
        Files.write(folder.resolve("config.json"), config(tensors));
        safetensors(tensors, folder.resolve("model.safetensors"));
    }

    private static Map<String, TensorProto> tensors(OnnxFile file) {
        Map<String, TensorProto> tensors = new LinkedHashMap<>();
        file.initialisers().forEach((name, t) -> {
            if (OnnxFile.isFloat(t) && (name.startsWith("embeddings.") || name.startsWith("encoder."))) {
                tensors.put(name, t);
            }
        });
        for (NodeProto node : file.nodes()) {
            Optional<TensorProto> weight = node.getOpType().equals("MatMul") ? file.initialiser(node.getInput(1))
                    : Optional.empty();
            if (weight.isPresent() && node.getName().startsWith("/encoder/")) {
                String name = node.getName().substring(1).replaceFirst("/MatMul$", "/weight").replace('/', '.');
                tensors.put(name, transposed(name, weight.get()));
            }
        }
        int width = OnnxFile.shape(tensors.get(WORDS))[1];
        float[] identity = new float[width * width];
        for (int i = 0; i < width; i++) {
            identity[i * width + i] = 1;
        }
        tensors.put("pooler.dense.weight", OnnxFile.tensor("pooler.dense.weight", identity, width, width));
        tensors.put("pooler.dense.bias", OnnxFile.tensor("pooler.dense.bias", new float[width], width));
        return tensors;
    }

    private static TensorProto transposed(String name, TensorProto t) {
        int[] shape = OnnxFile.shape(t);
        float[] from = OnnxFile.floats(t);
        float[] to = new float[from.length];
        for (int i = 0; i < shape[0]; i++) {
            for (int j = 0; j < shape[1]; j++) {
                to[j * shape[0] + i] = from[i * shape[1] + j];
            }
        }
        return OnnxFile.tensor(name, to, shape[1], shape[0]);
    }

    private static byte[] config(Map<String, TensorProto> tensors) throws IOException {
        int[] words = OnnxFile.shape(tensors.get(WORDS));
        long layers = tensors.keySet().stream().filter(n -> n.endsWith(".attention.self.query.weight")).count();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes, JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeArrayFieldStart("architectures");
            json.writeString("BertModel");
            json.writeEndArray();
            json.writeStringField("model_type", "bert");
            json.writeStringField("hidden_act", "gelu");
            json.writeNumberField("hidden_size", words[1]);
            json.writeNumberField("intermediate_size",
                    OnnxFile.shape(tensors.get(LAYER_0 + "intermediate.dense.weight"))[0]);
            json.writeNumberField("num_hidden_layers", layers);
            json.writeNumberField("num_attention_heads", words[1] / HEAD_WIDTH);
            json.writeNumberField("max_position_embeddings",
                    OnnxFile.shape(tensors.get("embeddings.position_embeddings.weight"))[0]);
            json.writeNumberField("type_vocab_size",
                    OnnxFile.shape(tensors.get("embeddings.token_type_embeddings.weight"))[0]);
            json.writeNumberField("vocab_size", words[0]);
            json.writeNumberField("layer_norm_eps", 1e-12);
            json.writeNumberField("pad_token_id", 0);
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /** Length of the header as 8 bytes, the header in JSON, the elements, all little-endian. */
    private static void safetensors(Map<String, TensorProto> tensors, Path file) throws IOException {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(header, JsonEncoding.UTF8)) {
            json.writeStartObject();
            long at = 0;
            for (Entry<String, TensorProto> e : tensors.entrySet()) {
                json.writeObjectFieldStart(e.getKey());
                json.writeStringField("dtype", "F32");
                json.writeArrayFieldStart("shape");
                for (int d : OnnxFile.shape(e.getValue())) {
                    json.writeNumber(d);
                }
                json.writeEndArray();
                json.writeArrayFieldStart("data_offsets");
                json.writeNumber(at);
                at += e.getValue().getRawData().size();
                json.writeNumber(at);
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        while (header.size() % Long.BYTES != 0) {
            header.write(' ');
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(header.size()).array());
            header.writeTo(out);
            for (TensorProto t : tensors.values()) {
                t.getRawData().writeTo(out);
            }
        }
    }
}
