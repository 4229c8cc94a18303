package dev.lanewise.loaders.onnx.backendtest;

import dev.lanewise.ModelMetadata;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;

/** What is put to the test: a way to load a model and run it. */
public interface Subject {
    Loaded load(ModelSource model);

    /** A model ready to run. */
    interface Loaded extends AutoCloseable {
        ModelMetadata metadata();

        /** Outputs in the model's order, from inputs in the model's order. */
        Tensor[] run(Tensor[] inputs);

        @Override
        default void close() {
        }
    }
}
