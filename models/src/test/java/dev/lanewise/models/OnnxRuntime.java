package dev.lanewise.models;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** ONNX Runtime as the oracle. */
public final class OnnxRuntime implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    public OnnxRuntime(byte[] model) throws OrtException {
        this(model, OrtSession.SessionOptions.OptLevel.ALL_OPT);
    }

    OnnxRuntime(byte[] model, OrtSession.SessionOptions.OptLevel level) throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        options.setOptimizationLevel(level);
        session = environment.createSession(model, options);
    }

    /** The first output. */
    float[] run(Map<String, Tensor> inputs) throws OrtException {
        return outputs(inputs).getFirst().floats();
    }

    /** All outputs, which are FLOAT, of a model whose inputs are FLOAT or INT64. */
    public List<Tensor> outputs(Map<String, Tensor> inputs) throws OrtException {
        Map<String, OnnxTensor> given = new HashMap<>();
        for (var e : inputs.entrySet()) {
            given.put(e.getKey(), convert(e.getValue()));
        }
        try (OrtSession.Result result = session.run(given)) {
            List<Tensor> outputs = new ArrayList<>();
            for (int i = 0; i < result.size(); i++) {
                TensorInfo info = ((OnnxTensor) result.get(i)).getInfo();
                float[] out = new float[(int) info.getNumElements()];
                ((OnnxTensor) result.get(i)).getFloatBuffer().get(out);
                outputs.add(Tensor.of(out, Arrays.stream(info.getShape()).mapToInt(Math::toIntExact).toArray()));
            }
            return outputs;
        } finally {
            given.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor convert(Tensor t) throws OrtException {
        long[] shape = Arrays.stream(t.shape()).asLongStream().toArray();
        return t.type() == DataType.FLOAT ? OnnxTensor.createTensor(environment, FloatBuffer.wrap(t.floats()), shape)
                : OnnxTensor.createTensor(environment, LongBuffer.wrap(t.longs()), shape);
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
