package dev.lanewise.cli;

import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.RunOptions;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.elastic.Elastic;
import dev.lanewise.elastic.Submodel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A model of a curve, and the sizes that it can run in.
 *
 * @param name its folder's name, or a built-in name
 */
record CurveModel(String name, Model model, Session session, List<Size> sizes) implements AutoCloseable {
    /**
     * A way to run the model.
     *
     * @param multiplyAdds of linear layers for a token
     */
    record Size(String method, String name, List<Integer> widths, long multiplyAdds, long parameters,
            RunOptions options) {
    }

    /** A model that names no widths of its own has one size. */
    static CurveModel open(String argument, LoadOptions options, int threads) throws IOException {
        ModelSource source = ModelArgument.source(argument);
        Model model = Model.load(source, options);
        boolean elastic = model.compiled().elastic() != null;
        if (!elastic) {
            model.close();
            model = Model.load(source, options.withGranularities(1));
        }
        String name = name(source);
        List<Size> sizes = elastic ? nested(model.elastic())
                : List.of(size(model.elastic(), "plain", model.elastic().full(), name));
        return new CurveModel(name, model, model.newSession(SessionOptions.defaults().withThreads(threads)), sizes);
    }

    private static String name(ModelSource source) {
        if (!(source instanceof ModelSource.File file)) {
            return source.name();
        }
        Path path = file.path().toAbsolutePath().normalize();
        boolean isFile = List.of("model.onnx", "config.json").contains(path.getFileName().toString());
        return (isFile && path.getParent().getFileName() != null ? path.getParent() : path).getFileName().toString();
    }

    /** The granularities of a MatFormer, and between them Mix'n'Match. */
    private static List<Size> nested(Elastic elastic) {
        return elastic.mixes().stream().map(mix -> {
            boolean trained = elastic.granularities().contains(mix);
            return size(elastic, trained ? "matformer" : "mixnmatch", mix, mix.name());
        }).toList();
    }

    private static Size size(Elastic elastic, String method, Submodel submodel, String name) {
        return new Size(method, name, Arrays.stream(submodel.widths()).boxed().toList(),
                elastic.multiplyAdds(submodel), elastic.parameters(submodel),
                RunOptions.defaults().withSubmodel(submodel));
    }

    @Override
    public void close() {
        session.close();
        model.close();
    }
}
