package dev.lanewise.models.ocr;

import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Reads the text in images with models of PP-OCR: one finds boxes of text, each of which is cut out, straightened, turned where another
 * says that it is upside down, and read by a third. Boxes are read at the same time, as many as there are threads. One caller at a time.
 */
public final class PageReader implements AutoCloseable {
    private final OcrOptions options;
    private final List<Network> networks = new ArrayList<>();
    private final Detector detector;
    private final Recogniser recogniser;
    private final Classifier classifier;
    private final ExecutorService workers;

    private PageReader(OcrModels models, OcrOptions options) {
        this.options = options;
        this.workers =
                Executors.newFixedThreadPool(options.threads(), Thread.ofPlatform().daemon().name("lanewise-ocr-", 0)
                        .factory());
        try {
            detector = new Detector(load(models.detector(), 1, options.threads()), options);
            recogniser = new Recogniser(load(models.recogniser(), options.threads(), 1));
            classifier = new Classifier(load(models.classifier(), options.threads(), 1));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** @throws InvalidInputException when they are no models of PP-OCR */
    public static PageReader load(OcrModels models, OcrOptions options) {
        return new PageReader(models, options);
    }

    private Network load(ModelSource source, int sessions, int threads) {
        Network network = Network.load(source, sessions, threads);
        networks.add(network);
        return network;
    }

    /**
     * The text of an image in the order of reading, the same for any number of threads.
     *
     * @throws InvalidInputException when a model gives what none of PP-OCR would
     */
    public List<TextLine> read(PageImage image) {
        List<CompletableFuture<TextBox>> boxes = detector.boxes(image).stream()
                .map(box -> CompletableFuture.supplyAsync(() -> read(image, box), workers)).toList();
        try {
            // all are over before one fails, since the sessions are those of the next call
            CompletableFuture.allOf(boxes.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
        return ReadingOrder.lines(boxes.stream().map(CompletableFuture::join)
                .filter(b -> !b.text().isBlank() && b.confidence() >= options.minConfidence()).toList());
    }

    private TextBox read(PageImage image, RotatedBox found) {
        RotatedBox place = classifier.turned(image, found);
        CharacterDecoder.Reading reading = recogniser.read(image, place);
        return new TextBox(place, reading.text(), reading.confidence());
    }

    @Override
    public void close() {
        workers.close();
        networks.forEach(Network::close);
    }
}
