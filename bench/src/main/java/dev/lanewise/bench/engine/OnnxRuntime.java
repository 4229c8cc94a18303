package dev.lanewise.bench.engine;

import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.cli.peer.Peer;
import dev.lanewise.cli.peer.Peers;
import java.nio.file.Path;
import java.util.Map;

/** ONNX Runtime of one version, with all graph optimisations; its outputs are made and dropped, not copied to the heap. */
public final class OnnxRuntime implements Contender {
    private final String version;
    private final Peer peer;

    public OnnxRuntime(String version, Path onnx, int threads) throws Exception {
        this.version = version;
        peer = Peers.open(Peers.ONNX_RUNTIME + ":" + version, ModelSource.of(onnx), threads);
        if (!peer.version().equals(version)) {
            throw new IllegalStateException("asked for ONNX Runtime " + version + ", got " + peer.version());
        }
    }

    @Override
    public String name() {
        return Engines.onnxRuntime(version);
    }

    @Override
    public void prepare(Case c) throws Exception {
        peer.setInputs(c.inputs());
    }

    @Override
    public void run() throws Exception {
        peer.run();
    }

    @Override
    public float[] output() throws Exception {
        Map<String, Tensor> outputs = peer.outputs();
        return outputs.values().iterator().next().floats();
    }
}
