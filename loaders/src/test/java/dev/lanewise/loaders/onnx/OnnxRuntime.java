package dev.lanewise.loaders.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** ONNX Runtime as the oracle: one model, one run. */
final class OnnxRuntime {
    private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

    private static final Set<DataType> INPUTS = EnumSet.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16,
            DataType.BFLOAT16, DataType.INT64, DataType.INT32, DataType.INT16, DataType.INT8, DataType.UINT8,
            DataType.BOOL, DataType.STRING);

    private OnnxRuntime() {
    }

    /** Whether the Java interface takes inputs of that type. */
    static boolean isInput(DataType type) {
        return INPUTS.contains(type);
    }

    /** All outputs, in order; one that the model leaves empty is null. */
    static List<Tensor> run(byte[] model, Map<String, Tensor> inputs) throws OrtException {
        Map<String, OnnxTensor> given = new HashMap<>();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
            options.setSessionLogLevel(ai.onnxruntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            try (OrtSession session = ENVIRONMENT.createSession(model, options)) {
                for (var e : inputs.entrySet()) {
                    given.put(e.getKey(), toNative(e.getValue()));
                }
                try (OrtSession.Result result = session.run(given)) {
                    List<Tensor> outputs = new ArrayList<>();
                    for (int i = 0; i < result.size(); i++) {
                        outputs.add(toJava((OnnxTensor) result.get(i)));
                    }
                    return outputs;
                }
            }
        } finally {
            given.values().forEach(OnnxTensor::close);
        }
    }

    private static OnnxTensor toNative(Tensor t) throws OrtException {
        long[] shape = Arrays.stream(t.shape()).asLongStream().toArray();
        return switch (t.type()) {
            case FLOAT -> OnnxTensor.createTensor(ENVIRONMENT, FloatBuffer.wrap(t.floats()), shape);
            case INT64 -> OnnxTensor.createTensor(ENVIRONMENT, LongBuffer.wrap(t.longs()), shape);
            case INT32 -> OnnxTensor.createTensor(ENVIRONMENT, IntBuffer.wrap(t.ints()), shape);
            case FLOAT16 -> OnnxTensor.createTensor(ENVIRONMENT, ShortBuffer.wrap(t.shorts()), shape,
                    OnnxJavaType.FLOAT16);
            case BFLOAT16 -> OnnxTensor.createTensor(ENVIRONMENT, ShortBuffer.wrap(t.shorts()), shape,
                    OnnxJavaType.BFLOAT16);
            case INT16 -> OnnxTensor.createTensor(ENVIRONMENT, ShortBuffer.wrap(t.shorts()), shape);
            case DOUBLE -> OnnxTensor.createTensor(ENVIRONMENT, DoubleBuffer.wrap(t.doubles()), shape);
            case STRING -> OnnxTensor.createTensor(ENVIRONMENT, t.strings(), shape);
            case INT8 -> bytes(t, shape, OnnxJavaType.INT8);
            case UINT8 -> bytes(t, shape, OnnxJavaType.UINT8);
            case BOOL -> bytes(t, shape, OnnxJavaType.BOOL);
            default -> throw new IllegalArgumentException(t.toString());
        };
    }

    private static OnnxTensor bytes(Tensor t, long[] shape, OnnxJavaType type) throws OrtException {
        ByteBuffer direct = ByteBuffer.allocateDirect(t.size()).put(t.bytes());
        return OnnxTensor.createTensor(ENVIRONMENT, direct.flip(), shape, type);
    }

    private static Tensor toJava(OnnxTensor t) throws OrtException {
        TensorInfo info = t.getInfo();
        int[] shape = Arrays.stream(info.getShape()).mapToInt(Math::toIntExact).toArray();
        int size = Tensor.sizeOf(shape);
        DataType type = DataType.valueOf(info.onnxType.name().replace("ONNX_TENSOR_ELEMENT_DATA_TYPE_", ""));
        Object array = type.storage().newArray(size);
        switch (array) {
            case float[] a -> t.getFloatBuffer().get(a);
            case long[] a -> t.getByteBuffer().asLongBuffer().get(a);
            case int[] a -> t.getByteBuffer().asIntBuffer().get(a);
            case short[] a -> t.getByteBuffer().asShortBuffer().get(a);
            case double[] a -> t.getDoubleBuffer().get(a);
            case String[] a -> strings(t.getValue(), a, new int[1]);
            case byte[] a -> t.getByteBuffer().get(a);
            default -> throw new IllegalArgumentException(type.toString());
        }
        return Tensor.of(type, array, shape);
    }

    /** Copies strings from arrays of arrays. */
    private static void strings(Object from, String[] to, int[] at) {
        if (from instanceof Object[] all) {
            for (Object part : all) {
                strings(part, to, at);
            }
        } else {
            to[at[0]++] = (String) from;
        }
    }
}
