package dev.lanewise.cli;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.KernelMode;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.loaders.onnx.OnnxQuantization.Activations;
import dev.lanewise.op.quant.WeightFormat;
import dev.lanewise.quant.calibration.Calibration;
import dev.lanewise.quant.calibration.Observed;
import dev.lanewise.quant.weights.ActivationRanges;
import dev.lanewise.quant.weights.LayerResult;
import dev.lanewise.quant.weights.QuantizeOptions;
import dev.lanewise.quant.weights.Quantizer;
import dev.lanewise.quant.weights.ScaleChoice;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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

    /** What weights become. */
    enum Weights {
        INT8, INT4, FP16, BF16
    }

    /** What layers are given. */
    enum ActivationForm {
        NONE, DYNAMIC, STATIC
    }

    /** How weights are rounded. */
    enum Rounding {
        NEAREST, COMPENSATED
    }

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "MODEL", description = ModelArgument.DESCRIPTION)
    private String model;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", required = true,
            description = "Where the model goes, of a folder another one.")
    private Path output;

    @Option(names = "--weights", paramLabel = "int8|int4|fp16|bf16", defaultValue = "int8",
            description = "What weights become; default: ${DEFAULT-VALUE}.")
    private Weights weights;

    @Option(names = "--group", paramLabel = "N",
            description = "Weights along a sum that share a scale, such as 32, 64, 128; 0 for one scale an output. Default: 0 for "
                    + "int8, 32 for int4.")
    private Integer group;

    @Option(names = "--zero-point",
            description = "Codes with a zero point, for weights of one sign or a lopsided range.")
    private boolean zeroPoint;

    @Option(names = "--scales", paramLabel = "min_max|percentile|mse", defaultValue = "mse",
            description = "The smallest scale that reaches all weights, one that leaves out outliers, or the one with the least "
                    + "error, which with calibration counts by what a weight is multiplied with. Default: ${DEFAULT-VALUE}.")
    private ScaleChoice scales;

    @Option(names = "--activations", paramLabel = "none|dynamic|static", defaultValue = "none",
            description = "Whether inputs of layers become bytes as well, by their range in each run or in the calibration; of ONNX "
                    + "models with int8 weights a channel. Convolutions only with static. Default: ${DEFAULT-VALUE}.")
    private ActivationForm activations;

    @Option(names = "--calibrate", paramLabel = "FILE",
            description = "What the model is observed on: of a text encoder lines of text, of a checkpoint images or a text, of a model "
                    + "with one input an array (.npy) whose first axis counts samples.")
    private Path calibrate;

    @Option(names = "--rounding", paramLabel = "nearest|compensated",
            description = "To the nearest code, or so that each weight makes up for the errors of those before it (GPTQ), which needs "
                    + "--calibrate. Default: compensated where there is calibration.")
    private Rounding rounding;

    @Option(names = "--exclude", paramLabel = "REGEX",
            description = "Matrices, by name or by their node's, that stay FLOAT.")
    private List<Pattern> exclude = List.of();

    @Option(names = "--target-error", paramLabel = "SHARE", defaultValue = "0",
            description = "Gives a wider format to each matrix whose outputs would be wrong by a larger share, such as 1e-2.")
    private double targetError;

    @Option(names = "--samples", paramLabel = "N", defaultValue = "128",
            description = "Samples to use at most; a quarter is kept to measure with. Default: ${DEFAULT-VALUE}.")
    private int most;

    @Option(names = "--tokenizer", paramLabel = "FILE",
            description = "Its tokenizer.json; default: beside the model file or in the folder above.")
    private Path tokenizer;

    @Option(names = "--max-length", paramLabel = "N", defaultValue = "128",
            description = "Longest text in tokens, the rest is cut; default: ${DEFAULT-VALUE}.")
    private int maxLength;

    @Option(names = "--json", description = "Prints a JSON summary.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Usage.atLeast(spec, "--samples", most, 2);
        if (rounding == Rounding.COMPENSATED && calibrate == null) {
            throw new ParameterException(spec.commandLine(), "--rounding compensated needs --calibrate");
        }
        Quantizable source = Quantizable.of(model);
        if (Files.exists(output) && Files.exists(Path.of(model)) && Files.isSameFile(output, Path.of(model))) {
            throw new InvalidInputException("output", "another place than the model's", output.toString(),
                    "name another");
        }
        WeightFormat format = format(source);
        checkActivations(source, format);
        List<Map<String, Tensor>> samples =
                calibrate == null ? List.of() : source.samples(calibrate, tokenizer, maxLength, most);
        List<Map<String, Tensor>> observed = part(samples, false);
        Calibration calibration = observed.isEmpty() ? null : Calibration.of(observed, observed.size());
        QuantizeOptions options = new QuantizeOptions(format, tables(source, format),
                name -> exclude.stream().anyMatch(p -> p.matcher(name).find()), scales,
                rounding != Rounding.NEAREST && calibrate != null, activations == ActivationForm.STATIC, targetError,
                source.nested());
        Graph graph = source.loaded().graph();
        try (Bar bar = new Bar(spec.commandLine().getErr(), "quantising")) {
            Quantizer q = Quantizer.run(graph, options, calibration, KernelMode.ofProperty(), bar::show);
            source.write(output, q.layers(), activations(graph, q, calibration), text(format));
            report(source, q, samples.isEmpty() ? Double.NaN : cosine(graph, q.graph(), part(samples, true)));
        }
        spec.commandLine().getOut().flush();
        return 0;
    }

    private void checkActivations(Quantizable source, WeightFormat format) {
        boolean wanted = activations != ActivationForm.NONE;
        if (wanted && (source.isCheckpoint() || !format.equals(WeightFormat.INT8))) {
            throw new ParameterException(spec.commandLine(),
                    "--activations goes with ONNX models and int8 weights with one scale a channel");
        }
        if (activations == ActivationForm.STATIC && calibrate == null) {
            throw new ParameterException(spec.commandLine(), "--activations static needs --calibrate");
        }
    }

    private Activations activations(Graph graph, Quantizer q, Calibration calibration) {
        return switch (activations) {
            case NONE -> Activations.FLOAT;
            case DYNAMIC -> new Activations(true, Map.of());
            case STATIC -> new Activations(false, ActivationRanges.of(graph,
                    q.layers().stream().filter(r -> r.encoded() != null).map(LayerResult::matrix).toList(), calibration,
                    KernelMode.ofProperty()));
        };
    }

    private WeightFormat format(Quantizable source) {
        if (weights == Weights.FP16 || weights == Weights.BF16) {
            return weights == Weights.FP16 ? WeightFormat.FLOAT16 : WeightFormat.BFLOAT16;
        }
        int size = group != null ? group : weights == Weights.INT4 ? 32 : 0;
        if (size < 0 || !source.hasGroups(size) || size == 0 && weights == Weights.INT4 && !source.isCheckpoint()) {
            throw new ParameterException(spec.commandLine(),
                    "--group: in ONNX a power of 2 from 16 on, or with int8 0; not " + size);
        }
        DataType type = weights == Weights.INT8 ? zeroPoint ? DataType.UINT8 : DataType.INT8
                : zeroPoint ? DataType.UINT4 : DataType.INT4;
        return new WeightFormat(type, size);
    }

    /** In ONNX, rows of bytes have one scale. */
    private static WeightFormat tables(Quantizable source, WeightFormat format) {
        return !source.isCheckpoint() && format.type().bits() == Byte.SIZE ? WeightFormat.INT8 : format;
    }

    /** Every fourth sample is to measure with, the others are to observe. */
    private static List<Map<String, Tensor>> part(List<Map<String, Tensor>> samples, boolean heldOut) {
        return java.util.stream.IntStream.range(0, samples.size())
                .filter(i -> (i % HELD_OUT == HELD_OUT - 1 || samples.size() < HELD_OUT) == heldOut)
                .mapToObj(samples::get).toList();
    }

    /** Mean cosine of the first outputs. */
    private static double cosine(Graph before, Graph after, List<Map<String, Tensor>> samples) {
        double sum = 0;
        try (Observed a = Observed.of(before, KernelMode.ofProperty());
                Observed b = Observed.of(after, KernelMode.ofProperty())) {
            for (Map<String, Tensor> sample : samples) {
                sum += cosine(a.run(sample).get(0).floats(), b.run(sample).get(0).floats());
            }
        }
        return sum / samples.size();
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0;
        double ofA = 0;
        double ofB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            ofA += (double) a[i] * a[i];
            ofB += (double) b[i] * b[i];
        }
        return product / Math.sqrt(ofA * ofB);
    }

    private static String text(WeightFormat f) {
        String type = f.type().name().toLowerCase(Locale.ROOT);
        return f.isHalf() ? type : type + (f.group() == 0 ? " per channel" : " group " + f.group());
    }

    private void report(Quantizable source, Quantizer q, double cosine) throws Exception {
        long before = source.bytesBefore();
        long after = source.bytes(output);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("model", model);
            document.put("bytes_before", before);
            document.put("bytes_after", after);
            document.put("mean_cosine", Double.isNaN(cosine) ? null : cosine);
            document.put("layers", q.layers().stream().map(QuantizeCommand::layer).toList());
            Json.print(out, document);
            return;
        }
        Table table = new Table("llrrr");
        table.row("matrix", "format", "error", "bytes before", "after");
        for (LayerResult r : q.layers()) {
            table.row(Table.shortened(r.matrix().label(), 50), r.format() == null ? "float" : text(r.format()),
                    r.encoded() == null ? "" : String.format(Locale.ROOT, "%.2e", r.error()), r.bytesBefore(),
                    r.bytesAfter());
        }
        out.print(table);
        out.printf(Locale.ROOT, "%n%s: %,d bytes instead of %,d (%.2f times smaller)%n", output, after, before,
                (double) before / after);
        if (!Double.isNaN(cosine)) {
            out.printf(Locale.ROOT, "outputs on samples that were kept apart: mean cosine %.6f%n", cosine);
        }
    }

    private static Map<String, Object> layer(LayerResult r) {
        Map<String, Object> layer = new LinkedHashMap<>();
        layer.put("name", r.matrix().name());
        layer.put("node", r.matrix().label());
        layer.put("format", r.format() == null ? "float" : text(r.format()));
        layer.put("error", r.error());
        layer.put("bytes_before", r.bytesBefore());
        layer.put("bytes_after", r.bytesAfter());
        return layer;
    }
}
