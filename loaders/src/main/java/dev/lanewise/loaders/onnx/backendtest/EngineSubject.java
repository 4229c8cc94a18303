package dev.lanewise.loaders.onnx.backendtest;

import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelMetadata;
import dev.lanewise.ModelSource;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import java.util.HashMap;
import java.util.Map;

/** The engine as its users know it: a compiled model, run in a session. */
public record EngineSubject(LoadOptions load, SessionOptions session) implements Subject {
    @Override
    public Loaded load(ModelSource source) {
        Model model = Model.load(source, load);
        return new Running(model, model.newSession(session));
    }

    private record Running(Model model, Session session) implements Loaded {
        @Override
        public ModelMetadata metadata() {
            return model.metadata();
        }

        @Override
        public Tensor[] run(Tensor[] inputs) {
            Map<String, Tensor> byName = new HashMap<>();
            for (int i = 0; i < inputs.length; i++) {
                byName.put(metadata().inputs().get(i).name(), inputs[i]);
            }
            return session.run(byName).tensors().toArray(Tensor[]::new);
        }

        @Override
        public void close() {
            session.close();
            model.close();
        }
    }
}
