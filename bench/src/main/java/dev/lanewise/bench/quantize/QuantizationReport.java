package dev.lanewise.bench.quantize;

import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
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
import dev.lanewise.cli.Main;
import dev.lanewise.cli.peer.Peer;
import dev.lanewise.cli.peer.Peers;
import dev.lanewise.loaders.onnx.OnnxFormat;
import dev.lanewise.models.EmbedderOptions;
import dev.lanewise.models.TextEmbedder;
import dev.lanewise.models.TextInputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
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

    @Option(names = "--calibration", paramLabel = "N", defaultValue = "684",
            description = "Glosses to calibrate with, of which the commands keep a quarter to measure with; default: ${DEFAULT-VALUE}.")
    private int calibration;

    @Option(names = "--held-out", paramLabel = "N", defaultValue = "2000",
            description = "Other glosses that the models are compared on; default: ${DEFAULT-VALUE}.")
    private int heldOut;

    @Option(names = "--both", paramLabel = "N", defaultValue = "200",
            description = "Glosses that ONNX Runtime reads too; default: ${DEFAULT-VALUE}.")
    private int both;

    @Option(names = "--ways", paramLabel = "REGEX",
            description = "Leaves out the formats in whose name it finds nothing.")
    private Pattern chosen = Pattern.compile("");

    @Option(names = "--files", paramLabel = "DIR", required = true,
            description = "Where the models go; those that are there are not written again.")
    private Path folder;

    @Option(names = "--no-quality", description = "Leaves out all but times and memory.")
    private boolean noQuality;

    @Option(names = "--no-latency", description = "Leaves out times and memory, which need an idle machine.")
    private boolean noLatency;

    @Option(names = "--output", paramLabel = "FILE", required = true,
            description = "Where the table goes, in Markdown; the chart goes beside it, with .png at its end.")
    private Path output;

    /**
     * A way to write the model.
     *
     * @param command of {@code lanewise}, and its options
     */
    private record Way(String name, String command) {
        Path file(Path folder) {
            return folder.resolve(name.replaceAll("[^a-z0-9.]+", "-") + ".onnx");
        }
    }

    private static final String NEAREST = " --scales min_max --rounding nearest";
    private static final List<Way> WAYS = List.of(new Way("fp16", "quantize --weights fp16"),
            new Way("int8, nearest, min-max", "quantize --weights int8" + NEAREST),
            new Way("int8", "quantize --weights int8"),
            new Way("int8 group 32", "quantize --weights int8 --group 32"),
            new Way("int8, dynamic activations", "quantize --weights int8 --activations dynamic"),
            new Way("int8, static activations", "quantize --weights int8 --activations static"),
            new Way("int4 group 32, nearest, min-max", "quantize --weights int4" + NEAREST),
            new Way("int4 group 32, nearest", "quantize --weights int4 --rounding nearest"),
            new Way("int4 group 32, nearest, scaled channels", "quantize --weights int4 --rounding nearest --awq"),
            new Way("int4 group 32", "quantize --weights int4"),
            new Way("int4 group 64", "quantize --weights int4 --group 64"),
            new Way("int4 group 128", "quantize --weights int4 --group 128"),
            new Way("uint4 group 32", "quantize --weights int4 --zero-point"),
            new Way("0.6 of the neurons, int8",
                    "prune --budget 0.6 --spread uniform --repair --weights int8"));

    private final ReferenceModel reference = ReferenceModel.MINILM;
    private final StringBuilder page = new StringBuilder();
    private TextInputs inputs;
    private List<String> texts;
    private float[][] full;

    @Override
    public Integer call() throws Exception {
        Files.createDirectories(folder);
        Files.copy(reference.tokenizerFile(), folder.resolve("tokenizer.json"), StandardCopyOption.REPLACE_EXISTING);
        Path whole = folder.resolve("fp32.onnx");
        Files.copy(reference.onnx(), whole, StandardCopyOption.REPLACE_EXISTING);
        List<String> glosses = Glosses.read(wordnet);
        Path calibrating = Files.write(folder.resolve("glosses.txt"), glosses.subList(0, calibration));
        texts = glosses.subList(calibration, calibration + heldOut);
        Map<String, Path> files = new LinkedHashMap<>(Map.of("fp32", whole));
        for (Way way : WAYS.stream().filter(w -> chosen.matcher(w.name).find()).toList()) {
            files.put(way.name, way.file(folder));
            if (Files.notExists(way.file(folder))) {
                write(way, whole, calibrating);
            }
        }
        if (!noQuality) {
            inputs = TextInputs.of(reference.title(), new OnnxFormat()
                    .read(ModelSource.of(whole), LoadOptions.defaults()).metadata(), reference.tokenizer(), TOKENS);
            full = embed(whole);
            quality(files);
        }
        if (!noLatency) {
            latency(files);
            memory(files);
        }
        return 0;
    }

    private void write(Way way, Path whole, Path calibrating) {
        List<String> arguments = new ArrayList<>(List.of(way.command.split(" ")));
        arguments.addAll(List.of(whole.toString(), "-o", way.file(folder).toString(), "--calibrate",
                calibrating.toString(), "--samples", Integer.toString(calibration)));
        int code = Main.commandLine().execute(arguments.toArray(String[]::new));
        if (code != 0) {
            throw new IllegalStateException(String.join(" ", arguments) + " ended with code " + code);
        }
    }

    private void quality(Map<String, Path> files) throws Exception {
        long bytes = Files.size(files.get("fp32"));
        QuantizationChart chart = new QuantizationChart();
        page.append("| weights | bytes | times smaller | mean cosine | Spearman | nearest the same "
                + "| with ONNX Runtime: least, mean cosine |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        for (Map.Entry<String, Path> e : files.entrySet()) {
            float[][] found = embed(e.getValue());
            Likeness like = Likeness.of(full, found);
            double cosine = cosine(found);
            DoubleSummaryStatistics agreement = agreement(e.getValue(), found);
            long size = Files.size(e.getValue());
            page.append(String.format(Locale.ROOT, "| %s | %,d | %.2f | %.5f | %.4f | %.1f %% | %.6f, %.6f |%n",
                    e.getKey(), size, (double) bytes / size, cosine, like.spearman(), 100 * like.topOne(),
                    agreement.getMin(), agreement.getAverage()));
            if (!e.getKey().equals("fp32")) {
                chart.add(e.getKey(), size, cosine);
            }
            Files.writeString(output, page);
        }
        chart.of("all-MiniLM-L6-v2, weights in fewer bits", heldOut + " WordNet glosses against fp32")
                .save(Path.of(output.toString().replaceAll("\\.md$", "") + ".png"));
    }

    /** Cosines of a text's vector as ONNX Runtime computes it from the same file. */
    private DoubleSummaryStatistics agreement(Path file, float[][] ours) throws Exception {
        DoubleSummaryStatistics cosines = new DoubleSummaryStatistics();
        try (Peer peer = Peers.open(Peers.ONNX_RUNTIME + ":" + Peers.defaultVersion(), ModelSource.of(file), 1)) {
            for (int t = 0; t < Math.min(both, texts.size()); t++) {
                peer.setInputs(inputs.of(texts.get(t)));
                float[] tokens = peer.outputs().get("last_hidden_state").floats();
                cosines.accept(cosine(ours[t], mean(tokens, ours[t].length)));
            }
        }
        return cosines;
    }

    /** Of all tokens, as there is one text and no padding. */
    private static float[] mean(float[] tokens, int width) {
        float[] mean = new float[width];
        for (int i = 0; i < tokens.length; i++) {
            mean[i % width] += tokens[i];
        }
        return mean;
    }

    private float[][] embed(Path file) throws IOException {
        try (TextEmbedder embedder = TextEmbedder.load(file.toString(),
                EmbedderOptions.defaults().withMaxLength(TOKENS))) {
            return embedder.embed(texts);
        }
    }

    private double cosine(float[][] found) {
        return IntStream.range(0, found.length).mapToDouble(t -> cosine(found[t], full[t])).average().orElseThrow();
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
