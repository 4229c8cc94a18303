package dev.lanewise.cli;

import dev.lanewise.ModelSource;
import dev.lanewise.models.ocr.OcrModels;
import dev.lanewise.models.ocr.OcrOptions;
import dev.lanewise.models.ocr.PageImage;
import dev.lanewise.models.ocr.PageReader;
import dev.lanewise.models.ocr.TextBox;
import dev.lanewise.models.ocr.TextLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lanewise ocr}: the text in an image. */
@Command(name = "ocr", mixinStandardHelpOptions = true, versionProvider = Main.Versions.class, sortOptions = false,
        description = "Reads the text in an image: PNG, JPEG, GIF or BMP.")
final class OcrCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "IMAGE", description = "The image.")
    private Path file;

    @Option(names = "--model", paramLabel = "NAME", defaultValue = OcrModels.DEFAULT,
            description = "pp-ocr-v3 or pp-ocr-v4, both for Chinese and English; default: ${DEFAULT-VALUE}.")
    private String model;

    @Option(names = "--recogniser", paramLabel = "FILE.onnx",
            description = "Another recogniser of PP-OCR, with its characters in its property 'character'.")
    private Path recogniser;

    @Option(names = "--longest-side", paramLabel = "PIXELS", defaultValue = "1440",
            description = "Text is looked for in an image that is made smaller until its longer side has so many; "
                    + "default: ${DEFAULT-VALUE}.")
    private int longestSide;

    @Option(names = "--min-confidence", paramLabel = "P", defaultValue = "0.5",
            description = "Drops text whose characters are less probable; default: ${DEFAULT-VALUE}.")
    private double minConfidence;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1",
            description = "Threads: so many boxes of text are read at the same time; default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(names = "--plot", paramLabel = "FILE.png",
            description = "Writes the image with the boxes of text drawn in.")
    private Path plot;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Usage.atLeast(spec, "--threads", threads, 1);
        OcrOptions options = OcrOptions.defaults().withLongestSide(longestSide).withMinConfidence(minConfidence)
                .withThreads(threads);
        PageImage image = PageImage.read(file);
        PrintWriter err = spec.commandLine().getErr();
        try (PageReader reader =
                Progress.during(err, "loading " + model, () -> PageReader.load(models(), options))) {
            List<TextLine> lines = Progress.during(err, "reading", () -> reader.read(image));
            if (plot != null) {
                BoxPlot.save(image, lines, plot);
            }
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                Json.print(out, document(image, lines));
            } else {
                lines.forEach(line -> out.println(line.text()));
                out.flush();
            }
        }
        return 0;
    }

    private OcrModels models() throws IOException {
        OcrModels models = OcrModels.find(model);
        return recogniser == null ? models : models.withRecogniser(ModelSource.of(recogniser));
    }

    private Map<String, Object> document(PageImage image, List<TextLine> lines) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("file", file.toString());
        document.put("model", model);
        document.put("width", image.width());
        document.put("height", image.height());
        document.put("lines", lines.stream().map(OcrCommand::document).toList());
        return document;
    }

    private static Map<String, Object> document(TextLine line) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("text", line.text());
        document.put("boxes", line.boxes().stream().map(OcrCommand::document).toList());
        return document;
    }

    private static Map<String, Object> document(TextBox box) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("text", box.text());
        document.put("confidence", box.confidence());
        document.put("corners", Arrays.stream(box.place().corners()).map(c -> List.of(c[0], c[1])).toList());
        return document;
    }
}
