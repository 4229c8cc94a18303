package dev.lanewise.models;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Convolutional networks for text in images, PP-OCR: mobile blocks with gates, upsampling, and attention over columns. Images have
 * letters, since of noise all probabilities are near 0, where a small error of the logit is a large share of the largest value.
 */
class OcrModelsTest {
    /** Batch, height and width; the unoptimised graph gets the first. */
    private static final Map<String, List<int[]>> SHAPES = Map.of(
            "det", List.of(new int[] {1, 64, 96}, new int[] {2, 96, 64}, new int[] {1, 256, 320}),
            "rec", List.of(new int[] {1, 48, 64}, new int[] {3, 48, 100}, new int[] {1, 48, 320}),
            "cls", List.of(new int[] {1, 48, 64}, new int[] {4, 48, 192}));

    @ParameterizedTest
    @CsvSource({"ch_PP-OCRv3_det_infer, det", "ch_PP-OCRv4_det_infer, det", "ch_PP-OCRv3_rec_infer, rec",
        "ch_PP-OCRv4_rec_infer, rec", "ch_ppocr_mobile_v2.0_cls_infer, cls"})
    void agrees(String name, String task) throws Exception {
        try (AgainstOnnxRuntime model =
                new AgainstOnnxRuntime(name, PackagedModels.resource("models/" + name + ".onnx"))) {
            for (int[] s : SHAPES.get(task)) {
                var inputs = Map.of("x", Letters.image(s[0], s[1], s[2], 3));
                if (s == SHAPES.get(task).getFirst()) {
                    model.compareBoth(inputs);
                } else {
                    model.compare(inputs);
                }
            }
        }
    }
}
