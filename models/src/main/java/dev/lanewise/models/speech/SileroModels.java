package dev.lanewise.models.speech;

import dev.lanewise.InvalidInputException;
import dev.lanewise.models.NpmPackage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Silero's models for voice activity (MIT), in a package of the npm registry, by name: {@code silero-vad-v6} and so on. */
public final class SileroModels {
    public static final String DEFAULT = "silero-vad-v6";
    private static final List<String> NAMES = List.of("silero-vad-legacy", "silero-vad-v5", DEFAULT);
    private static final NpmPackage PACKAGE = new NpmPackage("@ricky0123/vad-web", "0.0.31",
            Map.of("dist/silero_vad_legacy.onnx", "a35ebf52fd3ce5f1469b2a36158dba761bc47b973ea3382b3186ca15b1f5af28",
                    "dist/silero_vad_v5.onnx", "2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f",
                    "dist/silero_vad_v6.onnx", "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3"));

    private SileroModels() {
    }

    public static List<String> names() {
        return NAMES;
    }

    /**
     * The ONNX file of a model; npm fetches the package on the first call.
     *
     * @param cache folder where packages are kept
     * @throws IOException when it is not there and cannot be fetched
     * @throws InvalidInputException when there is no model of that name, or the file is another one
     */
    public static Path find(String name, Path cache) throws IOException, InterruptedException {
        if (!NAMES.contains(name)) {
            throw new InvalidInputException("model", "one of " + String.join(", ", NAMES), name,
                    "use one of these names, or the path of a model file");
        }
        return PACKAGE.fetch(cache).resolve(name.replace('-', '_') + ".onnx");
    }
}
