package dev.lanewise.cli;

import dev.lanewise.AdaptiveOptions;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.RunOptions;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import dev.lanewise.elastic.Elastic;
import dev.lanewise.elastic.Submodel;
import dev.lanewise.loaders.json.JsonReader;
import dev.lanewise.loaders.json.JsonValue;
import dev.lanewise.models.checkpoint.Spending;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A model of a curve, and the ways to run it.
 *
 * @param name its folder's name, or a built-in name
 * @param model one of {@code sessions}' models
 */
record CurveModel(String name, Model model, List<Session> sessions, List<Size> sizes) implements AutoCloseable {
    /** Of early exits: how sure a head has to be; the last keeps all samples to the end. */
    private static final List<Double> CONFIDENCES = List.of(0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.01);
    /** Of token sampling: shares of an image's tokens. */
    private static final List<Double> TOKENS = List.of(0.25, 0.5, 0.75, 1.0);

    private static final int PRUNING_LENGTH = 1 << 26;

    /**
     * A way to run the model.
     *
     * @param multiplyAdds of linear layers for a token; not a number where each input decides
     * @param spending what a run came to; null where that is not known
     * @param given inputs beside the sample
     */
    record Size(Session session, String method, String name, List<Integer> widths, double multiplyAdds,
            Spending spending, long parameters, RunOptions options, Map<String, Tensor> given) {
    }

    /** A model that names no widths of its own and does not adapt to its input has one size. */
    static CurveModel open(String argument, LoadOptions options, int threads) throws IOException {
        return new Opening(ModelArgument.source(argument), options, threads, new ArrayList<>(), new ArrayList<>())
                .open();
    }

    /** What is opened so far. */
    private record Opening(ModelSource source, LoadOptions options, int threads, List<Session> sessions,
            List<Size> sizes) {
        CurveModel open() {
            Session session = session(options);
            Model model = session.model();
            List<String> outputs = model.metadata().outputs().stream().map(o -> o.name()).toList();
            if (outputs.contains("learners")) {
                adaptive(session, "acm", name(), Map.of());
            } else if (outputs.contains("tokens")) {
                int most = Spending.of(model).tokens() - 1;
                for (double share : TOKENS) {
                    int points = (int) Math.round(share * most);
                    adaptive(session(options.withAdaptive(new AdaptiveOptions(0, points, false))), "ats",
                            Integer.toString(points), Map.of());
                }
            } else if (outputs.contains("logits.0")) {
                Session early = session(options.withAdaptive(new AdaptiveOptions(0, 0, true)));
                for (double confidence : CONFIDENCES) {
                    adaptive(early, "exit", confidence > 1 ? "off" : Double.toString(confidence),
                            Map.of("exit_threshold", Tensor.of(new float[] {(float) confidence}, 1)));
                }
            } else if (model.compiled().elastic() != null) {
                nested(session, pruning());
            } else {
                boolean unified = "unified".equals(model.metadata().properties().get("lanewise.norm"));
                Session whole = session(options.withGranularities(1));
                size(whole, unified ? "un" : "plain", whole.model().elastic().full(), name());
            }
            return new CurveModel(name(), model, sessions, sizes);
        }

        private Session session(LoadOptions how) {
            Session session = Model.load(source, how).newSession(SessionOptions.defaults().withThreads(threads));
            sessions.add(session);
            return session;
        }

        /** What pruning wrote beside the model; null where it is another. */
        private JsonValue pruning() {
            Path file = source instanceof ModelSource.File f ? f.path().resolve("pruning.json") : null;
            if (file == null || !Files.isRegularFile(file)) {
                return null;
            }
            try (InputStream in = Files.newInputStream(file)) {
                return JsonReader.read(in, file.toString(), PRUNING_LENGTH);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /**
         * The granularities of a MatFormer, and between them Mix'n'Match; of a pruned model its granularities, where it was cut for a
         * budget the whole of it.
         */
        private void nested(Session session, JsonValue pruning) {
            Elastic elastic = session.model().elastic();
            if (pruning != null) {
                for (Submodel s : pruning.get("cut").bool(false) ? List.of(elastic.full()) : elastic.granularities()) {
                    size(session, pruning.get("method").string(), s, pruning.get("cut").bool(false)
                            ? String.format(Locale.ROOT, "%.2f", pruning.get("compute").number(0, 1)) : s.name());
                }
                return;
            }
            for (Submodel mix : elastic.mixes()) {
                size(session, elastic.granularities().contains(mix) ? "matformer" : "mixnmatch", mix, mix.name());
            }
        }

        private void size(Session session, String method, Submodel submodel, String name) {
            Elastic elastic = session.model().elastic();
            sizes.add(new Size(session, method, name, Arrays.stream(submodel.widths()).boxed().toList(),
                    elastic.multiplyAdds(submodel), spending(session.model()), elastic.parameters(submodel),
                    RunOptions.defaults().withSubmodel(submodel), Map.of()));
        }

        private void adaptive(Session session, String method, String name, Map<String, Tensor> given) {
            Spending spending = Spending.of(session.model());
            sizes.add(new Size(session, method, name, List.of(), Double.NaN, spending, spending.parameters(),
                    RunOptions.defaults(), given));
        }

        private static Spending spending(Model model) {
            return model.metadata().properties().containsKey(Spending.PROPERTY) ? Spending.of(model) : null;
        }

        private String name() {
            if (!(source instanceof ModelSource.File file)) {
                return source.name();
            }
            Path path = file.path().toAbsolutePath().normalize();
            boolean isFile = List.of("model.onnx", "config.json").contains(path.getFileName().toString());
            return (isFile && path.getParent().getFileName() != null ? path.getParent() : path).getFileName()
                    .toString();
        }
    }

    /** Whether inputs decide what a run costs. */
    boolean isAdaptive() {
        return sizes.stream().anyMatch(s -> Double.isNaN(s.multiplyAdds()));
    }

    @Override
    public void close() {
        sessions.forEach(session -> {
            session.close();
            session.model().close();
        });
    }
}
