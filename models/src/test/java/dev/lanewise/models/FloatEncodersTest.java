package dev.lanewise.models;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Encoders of 12 layers as they are published, against ONNX Runtime. */
class FloatEncodersTest {
    @ParameterizedTest
    @ValueSource(strings = {"bge-small-en-v1.5", "e5-small-v2"})
    void agrees(String name) throws Exception {
        try (AgainstOnnxRuntime model = new AgainstOnnxRuntime(name, PackagedModels.resource(name + ".onnx"))) {
            model.compareBoth(MiniLm.full(1, 1, 1));
            model.compareBoth(MiniLm.inputs(2, 17, 17, 5, 11));
            model.compare(MiniLm.full(3, 8, 33));
            model.compare(MiniLm.full(4, 1, 200));
        }
    }
}
