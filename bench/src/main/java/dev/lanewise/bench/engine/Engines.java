package dev.lanewise.bench.engine;

import dev.lanewise.bench.model.ReferenceModel;
import java.util.ArrayList;
import java.util.List;

/** Names and versions of the engines that are compared. */
public final class Engines {
    private static final String ONNX_RUNTIME_PREFIX = "onnxruntime-";
    public static final String LANEWISE = "lanewise";
    public static final String JLAMA = "jlama-0.8.4";
    /** For each case the faster one counts. */
    public static final List<String> ONNX_RUNTIMES = List.of(onnxRuntime("1.29.0"), onnxRuntime("1.23.2"));

    private Engines() {
    }

    static String onnxRuntime(String version) {
        return ONNX_RUNTIME_PREFIX + version;
    }

    /** The name as it stands in a report. */
    public static String title(String name) {
        return name.replace(LANEWISE, "Lanewise").replace(ONNX_RUNTIME_PREFIX, "ONNX Runtime ").replace("jlama-",
                "Jlama ");
    }

    /** Engines that are compared on a model. */
    public static List<String> peers(ReferenceModel model) {
        List<String> peers = new ArrayList<>(ONNX_RUNTIMES);
        if (model == ReferenceModel.MINILM) {
            peers.add(JLAMA);
        }
        return peers;
    }

    /**
     * A peer with the model loaded. One version of ONNX Runtime a process: the second one's Java part would be bound to the first
     * one's native part, since both go by the same library name.
     */
    public static Contender open(String peer, ReferenceModel model, int threads) throws Exception {
        return peer.equals(JLAMA) ? new Jlama(model.huggingFaceFolder(), threads)
                : new OnnxRuntime(peer.substring(ONNX_RUNTIME_PREFIX.length()), model.onnx(), threads);
    }
}
