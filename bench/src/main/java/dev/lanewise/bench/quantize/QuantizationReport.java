package dev.lanewise.bench.quantize;

import dev.lanewise.DataType;
import dev.lanewise.KernelMode;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelFormat.LoadedModel;
import dev.lanewise.ModelSource;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.bench.Statistics;
import dev.lanewise.bench.model.ReferenceModel;
import dev.lanewise.bench.similarity.Glosses;
import dev.lanewise.bench.similarity.Likeness;
import dev.lanewise.bench.work.Alternation;
import dev.lanewise.bench.work.Alternation.Entrant;
import dev.lanewise.bench.work.MemoryWork;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.loaders.onnx.OnnxFormat;
import dev.lanewise.loaders.onnx.OnnxQuantization;
import dev.lanewise.loaders.onnx.OnnxRewriter;
import dev.lanewise.models.EmbedderOptions;
import dev.lanewise.models.TextEmbedder;
import dev.lanewise.models.TextInputs;
import dev.lanewise.op.quant.WeightFormat;
import dev.lanewise.quant.calibration.Calibration;
import dev.lanewise.quant.weights.QuantizeOptions;
import dev.lanewise.quant.weights.Quantizer;
import dev.lanewise.quant.weights.ScaleChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code lanewise report quantization}: what each format of weights costs a sentence encoder, and what it saves. */
@Command(name = "quantization", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Quantises all-minilm-l6-v2 to each format and writes how its vectors, size, time and memory change.")
public final class QuantizationReport implements Callable<Integer> {
    private static final int[] LENGTHS = {1, 8, 32, 128};
    private static final int TOKENS = 128;
    private static final double WARM_SECONDS = 1;
    private static final double MIB = 1 << 20;

    @Option(names = "--wordnet", paramLabel = "DIR", defaultValue = "/usr/share/wordnet",
            description = "WordNet's data files; default: ${DEFAULT-VALUE}.")
    private Path wordnet;

    @Option(names = "--calibration", paramLabel = "N", defaultValue = "512",
            description = "Glosses that the model is observed on; default: ${DEFAULT-VALUE}.")
    private int calibration;

    @Option(names = "--held-out", paramLabel = "N", defaultValue = "2000",
            description = "Other glosses that the models are compared on; default: ${DEFAULT-VALUE}.")
    private int heldOut;

    @Option(names = "--ways", paramLabel = "REGEX",
            description = "Leaves out the formats in whose name it finds nothing.")
    private Pattern chosen = Pattern.compile("");

    @Option(names = "--no-latency", description = "Leaves out times and memory, which need an idle machine.")
    private boolean noLatency;

    @Option(names = "--output", paramLabel = "FILE", required = true,
            description = "Where the table goes, in Markdown; the chart goes beside it, with .png at its end.")
    private Path output;

    /** A way to quantise. */
    private record Way(String name, WeightFormat format, WeightFormat tables, ScaleChoice choice, boolean compensated) {
        static Way of(String name, DataType type, int group, ScaleChoice choice, boolean compensated) {
            WeightFormat format = new WeightFormat(type, group);
            return new Way(name, format, type.bits() == 8 ? WeightFormat.INT8 : format, choice, compensated);
        }
    }

    private static List<Way> ways() {
        List<Way> ways = new ArrayList<>(List.of(
                new Way("fp16", WeightFormat.FLOAT16, WeightFormat.FLOAT16, ScaleChoice.MIN_MAX, false),
                new Way("bf16", WeightFormat.BFLOAT16, WeightFormat.BFLOAT16, ScaleChoice.MIN_MAX, false),
                Way.of("int8, nearest, min-max", DataType.INT8, 0, ScaleChoice.MIN_MAX, false),
                Way.of("int8", DataType.INT8, 0, ScaleChoice.MSE, true),
                Way.of("int8 group 32", DataType.INT8, 32, ScaleChoice.MSE, true),
                Way.of("int4 group 32, nearest, min-max", DataType.INT4, 32, ScaleChoice.MIN_MAX, false),
                Way.of("int4 group 32, nearest", DataType.INT4, 32, ScaleChoice.MSE, false)));
        for (int group : new int[] {32, 64, 128}) {
            ways.add(Way.of("int4 group " + group, DataType.INT4, group, ScaleChoice.MSE, true));
        }
        ways.add(Way.of("uint4 group 32", DataType.UINT4, 32, ScaleChoice.MSE, true));
        return ways;
    }

    private final ReferenceModel reference = ReferenceModel.MINILM;
    private final StringBuilder page = new StringBuilder();
    private LoadedModel loaded;
    private TextInputs inputs;
    private List<String> texts;
    private float[][] full;

    @Override
    public Integer call() throws Exception {
        ModelSource source = ModelSource.of(reference.onnx());
        loaded = new OnnxFormat().read(source, LoadOptions.defaults());
        inputs = TextInputs.of(reference.title(), loaded.metadata(), reference.tokenizer(), TOKENS);
        List<String> glosses = Glosses.read(wordnet);
        List<Map<String, Tensor>> samples = glosses.subList(0, calibration).stream().map(inputs::of).toList();
        texts = glosses.subList(calibration, calibration + heldOut);
        Path folder = Files.createTempDirectory("lanewise-quantization");
        Files.copy(reference.tokenizerFile(), folder.resolve("tokenizer.json"));
        Path whole = Files.copy(reference.onnx(), folder.resolve("fp32.onnx"), StandardCopyOption.REPLACE_EXISTING);
        long bytes = Files.size(whole);
        Map<String, Path> files = new LinkedHashMap<>(Map.of("fp32", whole));
        full = embed(whole);
        QuantizationChart chart = new QuantizationChart();
        page.append("| weights | bytes | times smaller | mean cosine | Spearman | nearest the same |\n"
                + "| --- | ---: | ---: | ---: | ---: | ---: |\n");
        for (Way way : ways().stream().filter(w -> chosen.matcher(w.name).find()).toList()) {
            long started = System.nanoTime();
            Path file = folder.resolve(way.name.replace(' ', '-').replace(",", "") + ".onnx");
            Files.write(file, written(source, way, samples));
            float[][] found = embed(file);
            Likeness like = Likeness.of(full, found);
            double cosine = cosine(found);
            page.append(String.format(Locale.ROOT, "| %s | %,d | %.2f | %.5f | %.4f | %.1f %% |%n", way.name,
                    Files.size(file), (double) bytes / Files.size(file), cosine, like.spearman(),
                    100 * like.topOne()));
            chart.add(way.name, Files.size(file), cosine);
            Files.writeString(output, page);
            files.put(way.name, file);
            System.err.printf(Locale.ROOT, "%s: %.1f s%n", way.name, (System.nanoTime() - started) / 1e9);
        }
        chart.of("all-MiniLM-L6-v2, weights in fewer bits", heldOut + " WordNet glosses against fp32")
                .save(Path.of(output.toString().replaceAll("\\.md$", "") + ".png"));
        if (!noLatency) {
            latency(files);
            memory(files);
        }
        return 0;
    }

    private byte[] written(ModelSource source, Way way, List<Map<String, Tensor>> samples) throws IOException {
        boolean observed = way.compensated || way.choice == ScaleChoice.MSE;
        QuantizeOptions options = new QuantizeOptions(way.format, way.tables, n -> false, way.choice, way.compensated,
                false, 0, List.of());
        Quantizer q = Quantizer.run(loaded.graph(), options, observed ? Calibration.of(samples, samples.size()) : null,
                KernelMode.ofProperty(), p -> {
                });
        Map<String, EncodedMatrix> weights = new LinkedHashMap<>();
        q.layers().stream().filter(r -> r.encoded() != null)
                .forEach(r -> weights.put(r.matrix().name(), r.encoded()));
        return OnnxRewriter.rewrite(source, LoadOptions.defaults(),
                OnnxQuantization.edits(loaded.metadata().opsets().get("ai.onnx"), Map.of(), weights, Map.of(),
                        OnnxQuantization.Activations.FLOAT,
                        Map.of()));
    }

    private float[][] embed(Path file) throws IOException {
        try (TextEmbedder embedder = TextEmbedder.load(file.toString(),
                EmbedderOptions.defaults().withMaxLength(TOKENS))) {
            return embedder.embed(texts);
        }
    }

    /** Mean over all texts; vectors have length 1. */
    private double cosine(float[][] found) {
        double sum = 0;
        for (int t = 0; t < found.length; t++) {
            for (int i = 0; i < found[t].length; i++) {
                sum += (double) found[t][i] * full[t][i];
            }
        }
        return sum / found.length;
    }

    private void latency(Map<String, Path> files) throws Exception {
        page.append(
                "\nTime of a text of so many tokens, one thread, medians of runs in turn, of fp32's:\n\n| weights |");
        for (int length : LENGTHS) {
            page.append(" 1x").append(length).append(" |");
        }
        page.append("\n| --- |").append(" ---: |".repeat(LENGTHS.length)).append('\n');
        Map<String, List<Double>> times = new LinkedHashMap<>();
        for (int length : LENGTHS) {
            List<Model> models = new ArrayList<>();
            List<Session> sessions = new ArrayList<>();
            List<Entrant> entrants = new ArrayList<>();
            Map<String, Tensor> text = words(length);
            for (Map.Entry<String, Path> e : files.entrySet()) {
                models.add(Model.load(e.getValue()));
                sessions.add(models.getLast().newSession());
                Session session = sessions.getLast();
                entrants.add(new Entrant(e.getKey(), () -> session.run(text)));
            }
            Alternation.measure(entrants, WARM_SECONDS).forEach(
                    (name, t) -> times.computeIfAbsent(name, n -> new ArrayList<>()).add(Statistics.median(t)));
            sessions.forEach(Session::close);
            models.forEach(Model::close);
        }
        List<Double> whole = times.get("fp32");
        times.forEach((name, t) -> {
            page.append("| ").append(name).append(" |");
            for (int i = 0; i < t.size(); i++) {
                page.append(name.equals("fp32") ? String.format(Locale.ROOT, " %.3f ms |", t.get(i))
                        : String.format(Locale.ROOT, " %.2f |", t.get(i) / whole.get(i)));
            }
            page.append('\n');
        });
        Files.writeString(output, page);
    }

    private static Map<String, Tensor> words(int length) {
        long[] ids = new long[length];
        long[] mask = new long[length];
        for (int i = 0; i < length; i++) {
            ids[i] = 2000 + 37 * i;
            mask[i] = 1;
        }
        return Map.of("input_ids", Tensor.of(ids, 1, length), "attention_mask", Tensor.of(mask, 1, length),
                "token_type_ids", Tensor.of(new long[length], 1, length));
    }

    private void memory(Map<String, Path> files) throws IOException, InterruptedException {
        page.append(
                "\nLargest resident set of a process that loads the model and embeds texts, JVM included, and Java heap in use "
                        + "after load:\n\n| weights | resident | heap |\n| --- | ---: | ---: |\n");
        for (Map.Entry<String, Path> e : files.entrySet()) {
            page.append(String.format(Locale.ROOT, "| %s | %.0f MiB | %.0f MiB |%n", e.getKey(),
                    MemoryWork.measure(e.getValue(), "resident") / MIB,
                    MemoryWork.measure(e.getValue(), "heap") / MIB));
        }
        Files.writeString(output, page);
    }
}
