package dev.lanewise.bench.cold;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.lanewise.models.BuiltInModels;
import dev.lanewise.models.ModelFiles;
import dev.lanewise.models.tokenizer.Encoding;
import dev.lanewise.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The same program on ONNX Runtime, with the same tokeniser. Arguments as for {@link LanewiseProgram}; a model file is opened
 * by ONNX Runtime itself, one in a jar is given to it as bytes.
 */
public final class OnnxRuntimeProgram implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final Tokenizer tokenizer;

    public OnnxRuntimeProgram(String model, int threads) throws OrtException, IOException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        if (BuiltInModels.has(model)) {
            ModelFiles files = BuiltInModels.find(model);
            tokenizer = files.tokenizer().withoutPadding();
            try (InputStream in = files.modelLocation().openStream()) {
                session = environment.createSession(in.readAllBytes(), options);
            }
        } else {
            tokenizer = Tokenizer.load(Path.of(model).resolveSibling("tokenizer.json")).withoutPadding();
            session = environment.createSession(model, options);
        }
    }

    public float[] embed(String text) {
        Encoding e = tokenizer.encode(text);
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try {
            inputs.put("input_ids", OnnxTensor.createTensor(environment, new long[][] {e.ids()}));
            inputs.put("attention_mask", OnnxTensor.createTensor(environment, new long[][] {e.attentionMask()}));
            inputs.put("token_type_ids", OnnxTensor.createTensor(environment, new long[][] {e.typeIds()}));
            inputs.keySet().retainAll(session.getInputNames());
            try (OrtSession.Result result = session.run(inputs)) {
                return mean(((OnnxTensor) result.get(0)).getFloatBuffer(), e.length());
            } finally {
                inputs.values().forEach(OnnxTensor::close);
            }
        } catch (OrtException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Mean of the token vectors, scaled to length 1. */
    private static float[] mean(FloatBuffer hidden, int tokens) {
        float[] vector = new float[hidden.remaining() / tokens];
        for (int t = 0; t < tokens; t++) {
            for (int i = 0; i < vector.length; i++) {
                vector[i] += hidden.get(t * vector.length + i);
            }
        }
        double squares = 0;
        for (float v : vector) {
            squares += (double) v * v;
        }
        for (int i = 0; i < vector.length; i++) {
            vector[i] /= (float) Math.sqrt(squares);
        }
        return vector;
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }

    public static void main(String[] args) throws Exception {
        Milestones milestones = new Milestones(Long.parseLong(args[0]));
        try (OnnxRuntimeProgram program = new OnnxRuntimeProgram(args[1], Integer.parseInt(args[2]))) {
            milestones.mark("loaded");
            milestones.run(() -> program.embed(args[4]), Double.parseDouble(args[3]));
        }
        System.out.println(milestones);
    }
}
