package dev.lanewise.bench.prune;
import dev.lanewise.KernelMode;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelFormat.LoadedModel;
import dev.lanewise.ModelSource;
import dev.lanewise.RunOptions;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.bench.Statistics;
import dev.lanewise.bench.work.Alternation;
import dev.lanewise.bench.work.Alternation.Entrant;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.loaders.onnx.OnnxFormat;
import dev.lanewise.models.evaluation.ImageAccuracy;
import dev.lanewise.models.evaluation.LabelledImages;
import dev.lanewise.op.linear.Gemm;
import dev.lanewise.op.linear.MatMul;
import dev.lanewise.op.nn.Conv;
import dev.lanewise.quant.calibration.Calibration;
import dev.lanewise.quant.prune.Criterion;
import dev.lanewise.quant.prune.Embedding;
import dev.lanewise.quant.prune.Features;
import dev.lanewise.quant.prune.NeuronScores;
import dev.lanewise.quant.prune.Pruner;
import dev.lanewise.quant.prune.Selection;
import dev.lanewise.quant.prune.WidthSearch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code lanewise report vision-pruning}: the accuracy of a vision transformer, and its time, with fewer multiply-adds. */
@Command(name = "vision-pruning", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Prunes a vision transformer of models/checkpoints and writes how its accuracy and its time change.")
public final class VisionPruningReport implements Callable<Integer> {
    private static final int BATCH = 64;
    private static final double WARM_SECONDS = 1;
    private static final float MEAN = 0.286f;
    private static final float DEVIATION = 0.353f;

    @Option(names = "--model", paramLabel = "FILE", defaultValue = "models/checkpoints/vit-plain/model.onnx",
            description = "A model of images and logits; default: ${DEFAULT-VALUE}.")
    private Path model;

    @Option(names = "--images", paramLabel = "DIR", defaultValue = "/usr/share/datasets/fashion-mnist",
            description = "Its training and test images; default: ${DEFAULT-VALUE}, of Debian's package dataset-fashion-mnist.")
    private Path folder;

    @Option(names = "--flops", paramLabel = "SHARE", defaultValue = "0.6",
            description = "Share of all multiply-adds that may be left; default: ${DEFAULT-VALUE}.")
    private double flops;

    @Option(names = "--calibration", paramLabel = "N", defaultValue = "1024",
            description = "Training images that neurons are scored and refitted on; default: ${DEFAULT-VALUE}.")
    private int calibration;

    @Option(names = "--validation", paramLabel = "N", defaultValue = "256",
            description = "Training images that widths are found on; default: ${DEFAULT-VALUE}.")
    private int validation;

    @Option(names = "--test", paramLabel = "N", defaultValue = "10000",
            description = "Test images; default: ${DEFAULT-VALUE}.")
    private int tested;

    @Option(names = "--temperature", paramLabel = "T", defaultValue = "0.05",
            description = "Of the similarities; default: ${DEFAULT-VALUE}.")
    private double temperature;

    @Option(names = "--no-latency", description = "Leaves out the times, which need an idle machine.")
    private boolean noLatency;

    @Option(names = "--output", paramLabel = "FILE", required = true, description = "Where the tables go, in Markdown.")
    private Path output;

    private final StringBuilder page = new StringBuilder();
    private LoadedModel loaded;
    private Graph graph;
    private ImageAccuracy test;

    @Override
    public Integer call() throws Exception {
        loaded = new OnnxFormat().read(ModelSource.of(model), LoadOptions.defaults());
        graph = Features.of(loaded.graph()).graph();
        ImageAccuracy training = images("train", Integer.MAX_VALUE);
        test = images("t10k", tested);
        Pruner pruner = new Pruner(graph, new Embedding.Whole(Features.NAME), KernelMode.ofProperty());
        Calibration scoring = samples(training, 0, calibration);
        Calibration tuning = samples(training, calibration, validation);
        double budget = linearShare();
        page.append(String.format(Locale.ROOT, "Temperature of similarities: %.4g.%n%n", temperature));
        Map<String, NeuronScores> orders = new LinkedHashMap<>();
        orders.put("amp", pruner.amp(scoring, temperature));
        orders.put("activation", pruner.activation(scoring));
        orders.put("random", pruner.random(1));
        long whole = multiplyAdds(graph);
        Selection all = pruner.sorted(orders.get("amp"));
        page.append(
                "| order | spread | refit | neurons | multiply-adds | accuracy |\n| --- | --- | --- | --- | ---: | ---: |\n");
        row(new String[] {"whole model", "", ""}, pruner.fullWidths(), all, whole);
        int[] narrow = null;
        for (Map.Entry<String, NeuronScores> order : orders.entrySet()) {
            Map<String, int[]> spreads = new LinkedHashMap<>();
            for (Criterion criterion : Criterion.values()) {
                try (WidthSearch search = pruner.search(order.getValue(), tuning, temperature, criterion)) {
                    spreads.put(criterion.name().toLowerCase(Locale.ROOT),
                            search.within(budget).widths());
                }
            }
            spreads.put("uniform", pruner.uniformWidths(budget));
            narrow = narrow == null ? spreads.get("divergence") : narrow;
            for (Map.Entry<String, int[]> spread : spreads.entrySet()) {
                String[] way = {order.getKey(), spread.getKey(), ""};
                row(way, spread.getValue(), pruner.cut(order.getValue(), spread.getValue()), whole);
                way[2] = "yes";
                row(way, spread.getValue(), pruner.repaired(order.getValue(), spread.getValue(), scoring, Pruner.RIDGE),
                        whole);
            }
        }
        if (!noLatency) {
            latency(all, pruner.cut(orders.get("amp"), narrow), whole);
        }
        return 0;
    }

    private ImageAccuracy images(String part, int most) throws IOException {
        LabelledImages all = LabelledImages.read(folder.resolve(part + "-images-idx3-ubyte.gz"));
        return new ImageAccuracy(all.first(most), MEAN, DEVIATION);
    }

    private static Calibration samples(ImageAccuracy images, int from, int count) {
        List<Map<String, Tensor>> samples = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            samples.add(images.inputs(i, 1));
        }
        return Calibration.of(samples, BATCH);
    }

    /** Of one image; attention and the patches' convolution included. */
    private long multiplyAdds(Graph of) {
        return products(of).mapToLong(VisionPruningReport::cost).sum();
    }

    private Stream<Node> products(Graph of) {
        Fact image = Fact.of(of.inputs().getFirst().fact().type(),
                Dim.constants(1, 1, test.images().height(), test.images().width()));
        return of.retype(List.of(image)).nodes().stream().filter(
                n -> n.operator() instanceof MatMul || n.operator() instanceof Gemm || n.operator() instanceof Conv);
    }

    private static long cost(Node n) {
        Dim[] second = n.input(1).fact().shape();
        long inner = switch (n.operator()) {
            case Gemm g -> second[g.transposeB() ? 1 : 0].value();
            case Conv c -> Arrays.stream(second).skip(1).mapToLong(Dim::value).reduce(1, (a, b) -> a * b);
            default -> second[second.length - 2].value();
        };
        return n.output().fact().size().value() * inner;
    }

    /** The share of linear layers that leaves the share asked for of everything. */
    private double linearShare() {
        long all = multiplyAdds(graph);
        long other = products(graph).filter(n -> n.operator() instanceof Conv || isComputed(n.input(1)))
                .mapToLong(VisionPruningReport::cost).sum();
        return (flops * all - other) / (all - other);
    }

    private static boolean isComputed(Value v) {
        return !v.isConstant() && (v.producer() == null || v.producer().inputs().isEmpty()
                || v.producer().inputs().stream().anyMatch(i -> i != null && isComputed(i)));
    }

    private Model model(Selection selection) {
        return Model.of(model.toString(), selection.graph(), loaded.metadata(), LoadOptions.defaults());
    }

    private void row(String[] way, int[] widths, Selection selection, long whole) throws IOException {
        page.append(String.format(Locale.ROOT, "| %s | %s | %.3f | %.2f %% |%n", String.join(" | ", way),
                Arrays.toString(widths), (double) multiplyAdds(selection.graph()) / whole, accuracy(selection)));
        Files.writeString(output, page.toString());
    }

    private double accuracy(Selection selection) {
        try (Model m = model(selection); Session session = m.newSession()) {
            return test.measure(session, RunOptions.defaults()).get(graph.outputNames().getFirst());
        }
    }

    private void latency(Selection all, Selection cut, long whole) throws Exception {
        double share = (double) multiplyAdds(cut.graph()) / whole;
        page.append(String.format(Locale.ROOT,
                "%nOne thread, medians of runs in turn (amp, divergence; 1 / %.3f of the multiply-adds is %.2f):%n%n"
                        + "| images | whole | pruned | times as fast |%n| ---: | ---: | ---: | ---: |%n",
                share, 1 / share));
        for (int images : new int[] {1, 8, 32}) {
            Map<String, Tensor> inputs = test.inputs(0, images);
            try (Model before = model(all); Model after = model(cut); Session a = before.newSession();
                    Session b = after.newSession()) {
                Map<String, double[]> times = Alternation.measure(List.of(new Entrant("whole", () -> a.run(inputs)),
                        new Entrant("pruned", () -> b.run(inputs))), WARM_SECONDS);
                double slow = Statistics.median(times.get("whole"));
                double fast = Statistics.median(times.get("pruned"));
                page.append(String.format(Locale.ROOT, "| %d | %.3f ms | %.3f ms | %.2f |%n", images, slow, fast,
                        slow / fast));
            }
        }
        Files.writeString(output, page.toString());
    }
}
