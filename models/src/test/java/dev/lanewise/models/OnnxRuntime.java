package dev.lanewise.models;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.lanewise.Tensor;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** ONNX Runtime as the oracle. */
final class OnnxRuntime implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    OnnxRuntime(byte[] model) throws OrtException {
        this(model, OrtSession.SessionOptions.OptLevel.ALL_OPT);
    }

    OnnxRuntime(byte[] model, OrtSession.SessionOptions.OptLevel level) throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        options.setOptimizationLevel(level);
        session = environment.createSession(model, options);
    }

    /** The first output of a model whose inputs are INT64. */
    float[] run(Map<String, Tensor> inputs) throws OrtException {
        Map<String, OnnxTensor> given = new HashMap<>();
        for (var e : inputs.entrySet()) {
            long[] shape = Arrays.stream(e.getValue().shape()).asLongStream().toArray();
            given.put(e.getKey(), OnnxTensor.createTensor(environment, LongBuffer.wrap(e.getValue().longs()), shape));
        }
        try (OrtSession.Result result = session.run(given)) {
            float[] out = new float[(int) ((OnnxTensor) result.get(0)).getInfo().getNumElements()];
            ((OnnxTensor) result.get(0)).getFloatBuffer().get(out);
            return out;
        } finally {
            given.values().forEach(OnnxTensor::close);
        }
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
