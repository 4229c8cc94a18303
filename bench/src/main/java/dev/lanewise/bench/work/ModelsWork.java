package dev.lanewise.bench.work;

import dev.lanewise.ModelMetadata.Port;
import dev.lanewise.bench.Measurements;
import dev.lanewise.bench.Statistics;
import dev.lanewise.bench.engine.Case;
import dev.lanewise.bench.engine.Contender;
import dev.lanewise.bench.engine.Engines;
import dev.lanewise.bench.engine.Jlama;
import dev.lanewise.bench.engine.Lanewise;
import dev.lanewise.bench.engine.TextBatch;
import dev.lanewise.bench.model.ReferenceModel;
import dev.lanewise.bench.model.ReferenceModel.Kind;
import dev.lanewise.bench.work.Alternation.Entrant;
import dev.lanewise.models.TextEmbedder;
import dev.lanewise.models.tokenizer.Tokenizer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Latencies of one model with one number of threads, in turn with one peer. Arguments: model, threads, peer, then shapes such as {@code 1x128}, {@code ragged} for a batch of texts, or {@code image}.
 *
 * <p>
 * Before anything is timed, the engines' outputs are compared; engines that compute something else are not compared.
 */
public final class ModelsWork {
    private static final double FIRST_WARM_SECONDS = 3;
    private static final double WARM_SECONDS = 0.7;
    private static final double FLOAT_TOLERANCE = 1e-3;
    /** Of pooled vectors of float models. */
    private static final double LEAST_COSINE = 0.99;
    /** Of outputs of int8 models: activations are rounded to ranges of a whole text, and every version of an engine rounds others. */
    private static final double LEAST_INT8_COSINE = 0.98;
    private static final double LEAST_BATCH_COSINE = 0.9;

    private final ReferenceModel model;
    private final int threads;
    private final Lanewise ours;
    private final Contender peer;
    private final List<Port> ports;
    private double warmSeconds = FIRST_WARM_SECONDS;

    private ModelsWork(ReferenceModel model, int threads, String peer) throws Exception {
        this.model = model;
        this.threads = threads;
        this.ours = new Lanewise(model.onnx(), threads);
        this.peer = Engines.open(peer, model, threads);
        ports = ours.model().metadata().inputs();
    }

    public static void main(String[] arguments) throws Exception {
        ReferenceModel model = ReferenceModel.named(arguments[0]);
        ModelsWork work = new ModelsWork(model, Integer.parseInt(arguments[1]), arguments[2]);
        for (String shape : List.of(arguments).subList(3, arguments.length)) {
            Emit.doing(shape);
            switch (shape) {
                case "ragged" -> work.ragged();
                case "image" -> work.runs(shape, Case.image(work.ports.getFirst()));
                default -> work.runs(shape, work.tokens(shape));
            }
        }
        System.exit(0); // threads of Jlama's pool would keep the process
    }

    private void runs(String shape, Case c) throws Exception {
        ours.prepare(c);
        peer.prepare(c);
        compare(shape);
        measure(shape, ours::run, peer::run);
    }

    private Case tokens(String shape) throws Exception {
        String[] sizes = shape.split("x");
        return Case.tokens(model.tokenizer(), inputNames(), Integer.parseInt(sizes[0]), Integer.parseInt(sizes[1]));
    }

    private List<String> inputNames() {
        return ports.stream().map(Port::name).toList();
    }

    private void ragged() throws Exception {
        Tokenizer tokenizer = model.tokenizer();
        List<String> texts = TextBatch.texts();
        TextBatch.Size size = TextBatch.Size.of(tokenizer, texts);
        Emit.fact("ragged", String.format(Locale.ROOT, "%d texts of %d tokens in all; the padded rectangle has %d",
                size.texts(), size.tokens(), size.rectangle()));
        try (TextEmbedder embedder = TextBatch.embedder(model, threads)) {
            Alternation.Run padded = () -> TextBatch.padded(peer, tokenizer, inputNames(), texts);
            float[][] our = TextBatch.lanewise(embedder, texts);
            float[][] their = TextBatch.padded(peer, tokenizer, inputNames(), texts);
            double least =
                    IntStream.range(0, our.length).mapToDouble(i -> cosine(our[i], their[i])).min().orElseThrow();
            Emit.value(key("ragged") + "/cosine", least);
            // Padding changes the ranges that activations are quantised by, and with them every vector of the batch.
            demand(least >= (model.kind() == Kind.ENCODER_INT8 ? LEAST_BATCH_COSINE : LEAST_COSINE),
                    String.format(Locale.ROOT, "%s gives other vectors for texts: cosine %.5f", peer.name(), least));
            measure("ragged", () -> TextBatch.lanewise(embedder, texts), padded);
        }
    }

    private void measure(String shape, Alternation.Run our, Alternation.Run their) throws Exception {
        Map<String, double[]> times = Alternation.measure(
                List.of(new Entrant(Measurements.OURS, our), new Entrant(Measurements.PEER, their)), warmSeconds);
        warmSeconds = WARM_SECONDS;
        times.forEach((name, t) -> {
            Emit.value(key(shape) + "/" + name, Statistics.median(t));
            Emit.value(key(shape) + "/" + name + "-p90", Statistics.percentile(0.9, t));
            Emit.value(key(shape) + "/" + name + "-runs", t.length);
        });
    }

    private String key(String shape) {
        return "models/" + model.title() + "/" + shape + "/" + threads + "/" + peer.name();
    }

    private void compare(String shape) throws Exception {
        float[] our = ours.output();
        float[] their = peer.output();
        float[] same = their.length < our.length ? mean(our, our.length / their.length) : our;
        double error = relative(same, their);
        double cosine = cosine(same, their);
        Emit.value(key(shape) + "/error", error);
        Emit.value(key(shape) + "/cosine", cosine);
        // Jlama's vectors of BERT models are other ones; the report says how far off. Its work is the same, so its time is shown.
        demand(peer instanceof Jlama || (model.kind() == Kind.ENCODER_INT8 ? cosine >= LEAST_INT8_COSINE
                : error <= FLOAT_TOLERANCE),
                String.format(Locale.ROOT, "%s computes something else on %s: error %.3g, cosine %.5f", peer.name(),
                        shape,
                        error, cosine));
    }

    private static float[] mean(float[] hidden, int rows) {
        int width = hidden.length / rows;
        float[] mean = new float[width];
        for (int i = 0; i < hidden.length; i++) {
            mean[i % width] += hidden[i] / rows;
        }
        return mean;
    }

    /** Norm of the difference divided by the norm of theirs. */
    private static double relative(float[] ours, float[] theirs) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < theirs.length; i++) {
            difference += Math.pow(ours[i] - theirs[i], 2);
            norm += Math.pow(theirs[i], 2);
        }
        return Math.sqrt(difference / norm);
    }

    private static double cosine(float[] a, float[] b) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return ab / Math.sqrt(aa * bb);
    }

    private static void demand(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
