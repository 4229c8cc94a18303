package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.models.speech.SileroModels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VadCommandTest {
    private static final Path RECORDING = Path.of("/usr/share/pocketsphinx/test/data/cards/005.wav");

    @TempDir
    Path folder;

    private Path silence(int rate) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(44 + 2 * rate).order(ByteOrder.LITTLE_ENDIAN);
        out.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(out.capacity() - 8)
                .put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16).putShort((short) 1).putShort((short) 1)
                .putInt(rate).putInt(2 * rate).putShort((short) 2).putShort((short) 16)
                .put("data".getBytes(StandardCharsets.US_ASCII)).putInt(2 * rate);
        return Files.write(folder.resolve(rate + ".wav"), out.array());
    }

    private static Path model() throws InterruptedException {
        try {
            return SileroModels.find("silero-vad-v5", Path.of("target", "npm"));
        } catch (IOException e) {
            System.err.println("SKIPPED, since a model is missing: " + e.getMessage());
            return Assumptions.abort(e.getMessage());
        }
    }

    @Test
    void silenceHasNoSegments() throws Exception {
        Outcome o = Outcome.of("vad", silence(8000), "--model", model(), "--json");
        assertEquals(0, o.code(), o.err());
        assertEquals(List.of(), o.json().get("segments"));
        assertEquals(8000L, o.json().get("rate"));
        assertEquals(1.0, o.json().get("seconds"));
    }

    @Test
    void speech() throws Exception {
        Path model = model();
        if (!Files.exists(RECORDING)) {
            System.err.println("SKIPPED, since Debian's pocketsphinx-testdata is not installed");
            Assumptions.abort("no " + RECORDING);
        }
        Outcome o = Outcome.of("vad", RECORDING, "--model", model, "--json");
        assertEquals(0, o.code(), o.err());
        List<?> segments = (List<?>) o.json().get("segments");
        Map<?, ?> last = (Map<?, ?>) segments.getLast();
        Outcome text = Outcome.of("vad", RECORDING, "--model", model);
        assertEquals(segments.size() + 1, text.out().lines().count());
        assertTrue(text.lastLine().endsWith(String.format(java.util.Locale.ROOT, "%.3f", last.get("end"))),
                text.out() + last);
        Outcome none = Outcome.of("vad", RECORDING, "--model", model, "--min-speech", "60000");
        assertEquals(1, none.out().lines().count());
        Outcome cut = Outcome.of("vad", RECORDING, "--model", model, "--json", "--max-speech", "500");
        for (Object s : (List<?>) cut.json().get("segments")) {
            Map<?, ?> segment = (Map<?, ?>) s;
            assertTrue((double) segment.get("end") - (double) segment.get("start") <= 0.5, cut.out());
        }
        assertTrue(((List<?>) cut.json().get("segments")).size() > segments.size(), cut.out());
    }

    @Test
    void whatDoesNotFit() throws IOException {
        Outcome rate = Outcome.of("vad", silence(44100));
        assertEquals(1, rate.code());
        assertTrue(rate.err().contains("expected 8000 Hz or 16000 Hz, found 44100 Hz"), rate.err());
        Outcome name = Outcome.of("vad", silence(16000), "--model", "silero-vad-v9");
        assertEquals(1, name.code());
        assertTrue(name.err().contains("one of silero-vad-legacy, silero-vad-v5, silero-vad-v6"), name.err());
        Outcome other = Outcome.of("vad", silence(16000), "--model",
                Files.write(folder.resolve("m.onnx"), OnnxBytes.addRelu()));
        assertEquals(1, other.code());
        assertTrue(other.err().contains("a model of Silero VAD"), other.err());
        Outcome threshold = Outcome.of("vad", silence(16000), "--threshold", "2");
        assertEquals(1, threshold.code());
        Outcome longest = Outcome.of("vad", silence(16000), "--max-speech", "80");
        assertEquals(1, longest.code());
        assertTrue(longest.err().contains("more than 32 ms and twice the padding"), longest.err());
    }
}
