package dev.lanewise.cli.peer;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** ONNX Runtime with all its graph optimisations, which are its default, on its CPU kernels. */
public final class OnnxRuntimePeer implements Peer {
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();

    /** @param threads threads inside an operator; operators run one after another */
    public OnnxRuntimePeer(ModelSource model, int threads) throws OrtException {
        environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            session = switch (model) {
                case ModelSource.File file -> environment.createSession(file.path().toString(), options);
                case ModelSource.Memory memory -> environment.createSession(memory.bytes(), options);
                case ModelSource.Stream stream -> environment.createSession(all(stream), options);
            };
        }
    }

    /** It takes a model from a file or whole. */
    private static byte[] all(ModelSource.Stream model) {
        try (InputStream in = model.opener().open()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + model.name() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String name() {
        return "onnxruntime";
    }

    @Override
    public String version() {
        return environment.getVersion();
    }

    @Override
    public void setInputs(Map<String, Tensor> tensors) throws OrtException {
        closeInputs();
        for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
            inputs.put(e.getKey(), convert(e.getKey(), e.getValue()));
        }
    }

    @Override
    public void run() throws OrtException {
        session.run(inputs).close();
    }

    @Override
    public Map<String, Tensor> outputs() throws OrtException {
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        try (OrtSession.Result result = session.run(inputs)) {
            for (Map.Entry<String, OnnxValue> e : result) {
                if (e.getValue() instanceof OnnxTensor tensor) {
                    outputs.put(e.getKey(), convert(tensor));
                }
            }
        }
        return outputs;
    }

    @Override
    public void close() throws OrtException {
        closeInputs();
        session.close();
    }

    private void closeInputs() {
        inputs.values().forEach(OnnxTensor::close);
        inputs.clear();
    }

    private OnnxTensor convert(String name, Tensor t) throws OrtException {
        long[] shape = Arrays.stream(t.shape()).asLongStream().toArray();
        ByteBuffer data = ByteBuffer.allocateDirect(t.size() * t.type().storage().bytes())
                .order(ByteOrder.nativeOrder());
        return switch (t.type()) {
            case FLOAT -> OnnxTensor.createTensor(environment, data.asFloatBuffer().put(t.floats()).flip(), shape);
            case DOUBLE -> OnnxTensor.createTensor(environment, data.asDoubleBuffer().put(t.doubles()).flip(), shape);
            case INT64 -> OnnxTensor.createTensor(environment, data.asLongBuffer().put(t.longs()).flip(), shape);
            case INT32 -> OnnxTensor.createTensor(environment, data.asIntBuffer().put(t.ints()).flip(), shape);
            case INT16 -> OnnxTensor.createTensor(environment, data.asShortBuffer().put(t.shorts()).flip(), shape,
                    OnnxJavaType.INT16);
            case FLOAT16 -> OnnxTensor.createTensor(environment, data.asShortBuffer().put(t.shorts()).flip(), shape,
                    OnnxJavaType.FLOAT16);
            case INT8 -> bytes(t, data, shape, OnnxJavaType.INT8);
            case UINT8 -> bytes(t, data, shape, OnnxJavaType.UINT8);
            case BOOL -> bytes(t, data, shape, OnnxJavaType.BOOL);
            default -> throw new InvalidInputException(name, "a type that ONNX Runtime's Java interface takes",
                    t.type().toString(), "measure without --against");
        };
    }

    private OnnxTensor bytes(Tensor t, ByteBuffer data, long[] shape, OnnxJavaType type) throws OrtException {
        return OnnxTensor.createTensor(environment, data.put(t.bytes()).flip(), shape, type);
    }

    private static Tensor convert(OnnxTensor t) {
        TensorInfo info = t.getInfo();
        int[] shape = Arrays.stream(info.getShape()).mapToInt(Math::toIntExact).toArray();
        DataType type = switch (info.type) {
            case FLOAT -> DataType.FLOAT;
            case DOUBLE -> DataType.DOUBLE;
            case INT64 -> DataType.INT64;
            case INT32 -> DataType.INT32;
            case INT16 -> DataType.INT16;
            case INT8 -> DataType.INT8;
            case UINT8 -> DataType.UINT8;
            case BOOL -> DataType.BOOL;
            case FLOAT16 -> DataType.FLOAT16;
            default -> throw new InvalidInputException("output", "a type that can be compared", info.type.toString(),
                    "measure without --against");
        };
        ByteBuffer data = t.getByteBuffer().order(ByteOrder.nativeOrder());
        Tensor copy = Tensor.zeros(type, shape);
        switch (copy.array()) {
            case float[] a -> data.asFloatBuffer().get(a);
            case double[] a -> data.asDoubleBuffer().get(a);
            case long[] a -> data.asLongBuffer().get(a);
            case int[] a -> data.asIntBuffer().get(a);
            case short[] a -> data.asShortBuffer().get(a);
            case byte[] a -> data.get(a);
            default -> throw new IllegalStateException(copy.toString());
        }
        return copy;
    }
}
