package dev.lanewise.models.speech;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.LoadOptions;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.models.OnnxRuntime;
import dev.lanewise.models.PackagedModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Speech in recordings, and none in silence and noise, held against ONNX Runtime's probabilities. */
class VoiceActivityTest {
    /** Where Debian's {@code pocketsphinx-testdata} puts its recordings. */
    private static final Path RECORDINGS = Path.of("/usr/share/pocketsphinx/test/data");
    private static final double TOLERANCE = 1e-4;

    @ParameterizedTest
    @ValueSource(strings = {"silero-vad-legacy", "silero-vad-v5", "silero-vad-v6"})
    void recordings(String name) throws Exception {
        byte[] model = PackagedModels.silero(name);
        List<Path> files = files();
        try (OnnxRuntime oracle = new OnnxRuntime(model); VoiceActivity activity = load(name, model)) {
            for (Path file : files) {
                Recording recording = Recording.read(file);
                float[] expected = oracle(oracle, name, recording);
                float[] found = activity.probabilities(recording);
                assertArrayEquals(expected, found, (float) TOLERANCE, file.toString());
                List<SpeechSegment> segments = activity.segments(recording, SegmentOptions.defaults());
                assertEquals(VoiceActivity.segments(expected, recording, SegmentOptions.defaults()), segments,
                        file.toString());
                int speech = segments.stream().mapToInt(s -> s.end() - s.start()).sum();
                assertTrue(speech > recording.samples().length / 2, file + ": speech in " + segments);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16000, 8000})
    void silenceAndNoise(int rate) throws Exception {
        byte[] model = PackagedModels.silero("silero-vad-v6");
        float[] noise = new float[rate + 100];
        Random random = new Random(1);
        for (int i = 0; i < noise.length; i++) {
            noise[i] = 0.02f * (float) random.nextGaussian();
        }
        try (OnnxRuntime oracle = new OnnxRuntime(model); VoiceActivity activity = load("silero-vad-v6", model)) {
            for (float[] samples : new float[][] {new float[0], new float[rate], noise}) {
                Recording recording = new Recording(samples, rate);
                assertArrayEquals(oracle(oracle, "silero-vad-v6", recording), activity.probabilities(recording),
                        (float) TOLERANCE);
                assertEquals(List.of(), activity.segments(recording, SegmentOptions.defaults()));
            }
        }
    }

    @Test
    void otherRatesAreRefused() {
        InvalidInputException e = assertThrows(InvalidInputException.class, () -> VoiceActivity.window(44100));
        assertEquals("8000 Hz or 16000 Hz", e.expected());
        assertEquals("44100 Hz", e.found());
    }

    private static VoiceActivity load(String name, byte[] model) {
        return VoiceActivity.load(ModelSource.of(name + ".onnx", model), LoadOptions.defaults());
    }

    private static List<Path> files() throws IOException {
        if (!Files.isDirectory(RECORDINGS)) {
            System.err.println("SKIPPED, since Debian's pocketsphinx-testdata is not installed");
            Assumptions.abort("no folder " + RECORDINGS + "; install pocketsphinx-testdata");
        }
        try (Stream<Path> cards = Files.list(RECORDINGS.resolve("cards"));
                Stream<Path> books = Files.list(RECORDINGS.resolve("librivox"))) {
            return Stream.of(cards, books)
                    .flatMap(folder -> folder.filter(p -> p.toString().endsWith(".wav")).sorted().limit(2)).toList();
        }
    }

    /** The probabilities of windows of 32 ms, in a loop of its own. */
    private static float[] oracle(OnnxRuntime model, String name, Recording recording) throws Exception {
        int window = recording.rate() * 32 / 1000;
        int context = name.endsWith("legacy") ? 0 : window / 8;
        int count = (recording.samples().length + window - 1) / window;
        float[] all = new float[context + count * window];
        System.arraycopy(recording.samples(), 0, all, context, recording.samples().length);
        Map<String, Tensor> inputs = new HashMap<>();
        inputs.put("sr", Tensor.scalar((long) recording.rate()));
        if (context == 0) {
            inputs.put("h", Tensor.zeros(DataType.FLOAT, 2, 1, 64));
            inputs.put("c", Tensor.zeros(DataType.FLOAT, 2, 1, 64));
        } else {
            inputs.put("state", Tensor.zeros(DataType.FLOAT, 2, 1, 128));
        }
        float[] found = new float[count];
        for (int i = 0; i < count; i++) {
            float[] seen = Arrays.copyOfRange(all, i * window, i * window + context + window);
            inputs.put("input", Tensor.of(seen, 1, seen.length));
            List<Tensor> outputs = model.outputs(inputs);
            found[i] = outputs.getFirst().floats()[0];
            inputs.put(context == 0 ? "h" : "state", outputs.get(1));
            inputs.computeIfPresent("c", (k, v) -> outputs.get(2));
        }
        return found;
    }
}
