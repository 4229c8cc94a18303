package dev.lanewise.cli;

import dev.lanewise.DataType;
import dev.lanewise.KernelMode;
import dev.lanewise.graph.Graph;
import dev.lanewise.loaders.onnx.OnnxQuantization.Activations;
import dev.lanewise.op.quant.WeightFormat;
import dev.lanewise.quant.calibration.Calibration;
import dev.lanewise.quant.weights.ActivationRanges;
import dev.lanewise.quant.weights.ChannelScaling;
import dev.lanewise.quant.weights.LayerResult;
import dev.lanewise.quant.weights.QuantizeOptions;
import dev.lanewise.quant.weights.Quantizer;
import dev.lanewise.quant.weights.ScaleChoice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** In how many bits a model is kept: the options {@code --weights}, {@code --group} and so on of commands that write one. */
final class FormatOption {
    private static final int GROUP_OF_INT4 = 32;

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

    @Option(names = "--weights", paramLabel = "int8|int4|fp16|bf16",
            description = "What weights become; default of quantize: int8, of prune: as they are.")
    private Weights weights;

    @Option(names = "--group", paramLabel = "N",
            description = "Weights along a sum that share a scale, such as 32, 64, 128; 0 for one scale an output. Default: 0 for "
                    + "int8, 32 for int4.")
    private Integer group;

    @Option(names = "--zero-point",
            description = "Codes with a zero point, for weights of one sign or a lopsided range.")
    private boolean zeroPoint;

    @Option(names = "--scales", paramLabel = "min_max|percentile|mse",
            description = "Of weights and static activations: the smallest scale that reaches all, one that leaves out outliers, or "
                    + "the one with the least error, which for weights with calibration counts by what a weight is multiplied with. "
                    + "Default: mse.")
    private ScaleChoice scales;

    @Option(names = "--activations", paramLabel = "none|dynamic|static", defaultValue = "none",
            description = "Whether inputs of layers become bytes as well, by their range in each run or in the calibration; of ONNX "
                    + "models with int8 weights a channel. Convolutions only with static. Default: ${DEFAULT-VALUE}.")
    private ActivationForm activations;

    @Option(names = "--rounding", paramLabel = "nearest|compensated",
            description = "To the nearest code, or so that each weight makes up for the errors of those before it (GPTQ), which needs "
                    + "--calibrate. Default: compensated where there is calibration.")
    private Rounding rounding;

    @Option(names = "--awq",
            description = "Divides channels that are large by a number and multiplies their weights by it, where a layer before takes the "
                    + "division, so that rounding harms them less (AWQ); needs --calibrate.")
    private boolean scaled;

    @Option(names = "--exclude", paramLabel = "REGEX",
            description = "Matrices, by name or by their node's, that stay FLOAT.")
    private List<Pattern> exclude = List.of();

    @Option(names = "--target-error", paramLabel = "SHARE", defaultValue = "0",
            description = "Gives a wider format to each matrix whose outputs would be wrong by a larger share, such as 1e-2.")
    private double targetError;

    /** Whether a format is named. */
    boolean isGiven() {
        return weights != null;
    }

    /** Refuses options that have no meaning where no format is named. */
    void checkUnused(CommandSpec spec) {
        boolean others = group != null || zeroPoint || scales != null || activations != ActivationForm.NONE
                || rounding != null || scaled || !exclude.isEmpty() || targetError > 0;
        if (!isGiven() && others) {
            throw new ParameterException(spec.commandLine(), "options of quantised weights need --weights");
        }
    }

    /** Refuses what does not go together, or not with the model. */
    void check(CommandSpec spec, Quantizable source, boolean calibrated) {
        if ((rounding == Rounding.COMPENSATED || scaled) && !calibrated) {
            throw new ParameterException(spec.commandLine(), "--rounding compensated and --awq need --calibrate");
        }
        WeightFormat format = format(spec, source);
        if (activations != ActivationForm.NONE && (source.isCheckpoint() || !format.equals(WeightFormat.INT8))) {
            throw new ParameterException(spec.commandLine(),
                    "--activations goes with ONNX models and int8 weights with one scale a channel");
        }
        if (activations == ActivationForm.STATIC && !calibrated) {
            throw new ParameterException(spec.commandLine(), "--activations static needs --calibrate");
        }
    }

    /** What was written: the matrices, and those whose channels were scaled before. */
    record Written(List<LayerResult> layers, List<ChannelScaling.Choice> scaled) {
    }

    /**
     * Quantises a model and writes it.
     *
     * @param calibration what it is observed on; null for weights alone
     */
    Written write(CommandSpec spec, Quantizable source, Path output, Calibration calibration) throws IOException {
        WeightFormat format = format(spec, source);
        ScaleChoice choice = scales == null ? ScaleChoice.MSE : scales;
        QuantizeOptions options = new QuantizeOptions(format, tables(source, format),
                name -> exclude.stream().anyMatch(p -> p.matcher(name).find()), choice,
                rounding != Rounding.NEAREST && calibration != null, activations == ActivationForm.STATIC, targetError,
                source.nested());
        ChannelScaling scaling = scaling(spec, source.loaded().graph(), options, calibration);
        try (Bar bar = new Bar(spec.commandLine().getErr(), "quantising")) {
            Quantizer q = Quantizer.run(scaling.graph(), options, calibration, KernelMode.ofProperty(), bar::show);
            source.write(output, q.layers(), scaling.constants(),
                    activations(scaling.graph(), q, choice, calibration), Quantized.text(format));
            return new Written(q.layers(), scaling.choices());
        }
    }

    private ChannelScaling scaling(CommandSpec spec, Graph graph, QuantizeOptions options, Calibration calibration) {
        if (!scaled) {
            return new ChannelScaling(graph, Map.of(), List.of());
        }
        try (Bar bar = new Bar(spec.commandLine().getErr(), "scaling channels")) {
            return ChannelScaling.run(graph, options, calibration, KernelMode.ofProperty(), bar::show);
        }
    }

    private Activations activations(Graph graph, Quantizer q, ScaleChoice choice, Calibration calibration) {
        return switch (activations) {
            case NONE -> Activations.FLOAT;
            case DYNAMIC -> new Activations(true, Map.of());
            case STATIC -> new Activations(false, ActivationRanges.of(graph,
                    q.layers().stream().filter(r -> r.encoded() != null).map(LayerResult::matrix).toList(), choice,
                    calibration, KernelMode.ofProperty()));
        };
    }

    private WeightFormat format(CommandSpec spec, Quantizable source) {
        Weights kind = weights == null ? Weights.INT8 : weights;
        if (kind == Weights.FP16 || kind == Weights.BF16) {
            return kind == Weights.FP16 ? WeightFormat.FLOAT16 : WeightFormat.BFLOAT16;
        }
        int size = group != null ? group : kind == Weights.INT4 ? GROUP_OF_INT4 : 0;
        if (size < 0 || !source.hasGroups(size) || size == 0 && kind == Weights.INT4 && !source.isCheckpoint()) {
            throw new ParameterException(spec.commandLine(),
                    "--group: in ONNX a power of 2 from 16 on, or with int8 0; not " + size);
        }
        DataType type = kind == Weights.INT8 ? zeroPoint ? DataType.UINT8 : DataType.INT8
                : zeroPoint ? DataType.UINT4 : DataType.INT4;
        return new WeightFormat(type, size);
    }

    /** In ONNX, rows of bytes have one scale. */
    private static WeightFormat tables(Quantizable source, WeightFormat format) {
        return !source.isCheckpoint() && format.type().bits() == Byte.SIZE ? WeightFormat.INT8 : format;
    }
}
