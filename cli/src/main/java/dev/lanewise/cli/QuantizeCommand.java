package dev.lanewise.cli;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.quant.calibration.Calibration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lanewise quantize}: a model with its weights in fewer bits. */
@Command(name = "quantize",
        description = "Keeps the weights of a model in fewer bits and writes it anew: as ONNX that ONNX "
                + "Runtime reads as well, or as a folder with safetensors.",
        mixinStandardHelpOptions = true, versionProvider = Main.Versions.class, sortOptions = false)
final class QuantizeCommand implements Callable<Integer> {
    /** One sample of so many is kept to measure with. */
    private static final int HELD_OUT = 4;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "MODEL", description = ModelArgument.DESCRIPTION)
    private String model;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", required = true,
            description = "Where the model goes, of a folder another one.")
    private Path output;

    @Mixin
    private FormatOption format;

    @Option(names = "--calibrate", paramLabel = "FILE",
            description = "What the model is observed on: of a text encoder lines of text, of a checkpoint images or a text, of a model "
                    + "with one input an array (.npy) whose first axis counts samples.")
    private Path calibrate;

    @Option(names = "--samples", paramLabel = "N", defaultValue = "128",
            description = "Samples to use at most; a quarter is kept to measure with. Default: ${DEFAULT-VALUE}.")
    private int most;

    @Mixin
    private TextOption text;

    @Option(names = "--json", description = "Prints a JSON summary.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Usage.atLeast(spec, "--samples", most, 2);
        text.check(spec);
        Quantizable source = Quantizable.of(model);
        if (Files.exists(output) && Files.exists(Path.of(model)) && Files.isSameFile(output, Path.of(model))) {
            throw new InvalidInputException("output", "another place than the model's", output.toString(),
                    "name another");
        }
        format.check(spec, source, calibrate != null);
        List<Map<String, Tensor>> samples =
                calibrate == null ? List.of() : source.samples(calibrate, text.tokenizer(), text.maxLength(), most);
        List<Map<String, Tensor>> observed = part(samples, false);
        FormatOption.Written written = format.write(spec, source, output,
                observed.isEmpty() ? null : Calibration.of(observed, observed.size()));
        Quantized quantized = Quantized.of(source, output, written, part(samples, true));
        if (json) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("model", model);
            quantized.putInto(document);
            Json.print(spec.commandLine().getOut(), document);
        } else {
            quantized.print(spec.commandLine().getOut(), output);
        }
        spec.commandLine().getOut().flush();
        return 0;
    }

    /** Every fourth sample is to measure with, the others are to observe; of less than four, all are for both. */
    private static List<Map<String, Tensor>> part(List<Map<String, Tensor>> samples, boolean heldOut) {
        return IntStream.range(0, samples.size())
                .filter(i -> samples.size() < HELD_OUT || i % HELD_OUT == HELD_OUT - 1 == heldOut)
                .mapToObj(samples::get).toList();
    }
}
