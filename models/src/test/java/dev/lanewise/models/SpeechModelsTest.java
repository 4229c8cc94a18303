package dev.lanewise.models;

import static dev.lanewise.models.AgainstOnnxRuntime.random;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of sound: voice activity with a state that goes from run to run, and features for wake words. */
class SpeechModelsTest {
    private static final int CHUNKS = 4;

    /** Samples of a chunk, with those of the chunk before that a model of version 5 wants in front, and the rate. */
    private record Sound(int batch, int samples, long rate) {
    }

    /** One branch of the model for each rate; the state is what ONNX Runtime made of the chunks before. */
    @Test
    void sileroLegacy() throws Exception {
        try (AgainstOnnxRuntime model = silero("silero-vad-legacy")) {
            for (Sound s : List.of(new Sound(1, 512, 16000), new Sound(3, 1536, 16000), new Sound(1, 256, 8000),
                    new Sound(2, 768, 8000))) {
                Tensor h = Tensor.zeros(DataType.FLOAT, 2, s.batch, 64);
                Tensor c = h;
                for (int i = 0; i < CHUNKS; i++) {
                    var outputs = model.compareBoth(Map.of("input", chunk(i, s), "sr", rate(s), "h", h, "c", c));
                    h = outputs.get(1);
                    c = outputs.get(2);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"silero-vad-v5", "silero-vad-v6"})
    void silero5(String name) throws Exception {
        try (AgainstOnnxRuntime model = silero(name)) {
            for (Sound s : List.of(new Sound(1, 64 + 512, 16000), new Sound(3, 64 + 512, 16000),
                    new Sound(1, 32 + 256, 8000), new Sound(2, 32 + 256, 8000))) {
                Tensor state = Tensor.zeros(DataType.FLOAT, 2, s.batch, 128);
                for (int i = 0; i < CHUNKS; i++) {
                    state = model.compareBoth(Map.of("input", chunk(i, s), "sr", rate(s), "state", state)).get(1);
                }
            }
        }
    }

    @Test
    void melSpectrogram() throws Exception {
        try (AgainstOnnxRuntime model = wakeWord("melspectrogram.onnx")) {
            model.compareBoth(Map.of("input", random(1000, 1, 1280)));
            model.compareBoth(Map.of("input", random(1000, 2, 5000)));
            model.compare(Map.of("input", random(1000, 1, 32000)));
        }
    }

    @Test
    void wakeWordEmbedding() throws Exception {
        try (AgainstOnnxRuntime model = wakeWord("embedding_model.onnx")) {
            model.compareBoth(Map.of("input_1", random(1, 1, 76, 32, 1)));
            model.compare(Map.of("input_1", random(1, 5, 76, 32, 1)));
        }
    }

    private static AgainstOnnxRuntime silero(String file) throws Exception {
        return new AgainstOnnxRuntime(file, PackagedModels.silero(file));
    }

    private static AgainstOnnxRuntime wakeWord(String file) throws Exception {
        return new AgainstOnnxRuntime(file, PackagedModels.wakeWord(file));
    }

    /** Louder from chunk to chunk. */
    private static Tensor chunk(int number, Sound s) {
        return random(0.03 * (1 << number), s.batch, s.samples);
    }

    private static Tensor rate(Sound s) {
        return Tensor.scalar(s.rate);
    }
}
