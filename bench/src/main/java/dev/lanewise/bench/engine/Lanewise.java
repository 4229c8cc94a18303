package dev.lanewise.bench.engine;

import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import java.nio.file.Path;
import java.util.Map;

/** This engine. */
public final class Lanewise implements Contender {
    private final Model model;
    private final Session session;
    private Map<String, Tensor> inputs;

    public Lanewise(Path onnx, int threads) {
        model = Model.load(onnx, LoadOptions.defaults());
        session = model.newSession(SessionOptions.defaults().withThreads(threads));
    }

    public Model model() {
        return model;
    }

    @Override
    public String name() {
        return Engines.LANEWISE;
    }

    @Override
    public void prepare(Case c) {
        inputs = c.inputs();
    }

    @Override
    public void run() {
        session.run(inputs);
    }

    @Override
    public float[] output() {
        return session.run(inputs).get(model.metadata().outputs().getFirst().name()).floats();
    }
}
