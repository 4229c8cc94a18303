package dev.lanewise.models.ocr;

import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the text in images with models of PP-OCR: one finds boxes of text, each of which is cut out, straightened, turned where another
 * says that it is upside down, and read by a third. One caller at a time.
 */
public final class PageReader implements AutoCloseable {
    private final OcrOptions options;
    private final List<Network> networks = new ArrayList<>();
    private final Detector detector;
    private final Recogniser recogniser;
    private final Classifier classifier;

    private PageReader(OcrModels models, OcrOptions options) {
        this.options = options;
        try {
            detector = new Detector(load(models.detector()), options);
            recogniser = new Recogniser(load(models.recogniser()));
            classifier = new Classifier(load(models.classifier()));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** @throws InvalidInputException when they are no models of PP-OCR */
    public static PageReader load(OcrModels models, OcrOptions options) {
        return new PageReader(models, options);
    }

    private Network load(ModelSource source) {
        Network network = Network.load(source, options.threads());
        networks.add(network);
        return network;
    }

    /**
     * The text of an image in the order of reading.
     *
     * @throws InvalidInputException when a model gives what none of PP-OCR would
     */
    public List<TextLine> read(PageImage image) {
        List<TextBox> boxes = new ArrayList<>();
        for (RotatedBox found : detector.boxes(image)) {
            RotatedBox place = classifier.turned(image, found);
            CharacterDecoder.Reading reading = recogniser.read(image, place);
            if (!reading.text().isBlank() && reading.confidence() >= options.minConfidence()) {
                boxes.add(new TextBox(place, reading.text(), reading.confidence()));
            }
        }
        return ReadingOrder.lines(boxes);
    }

    @Override
    public void close() {
        networks.forEach(Network::close);
    }
}
