package dev.lanewise.models.ocr;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelMetadata.Port;
import dev.lanewise.ModelSource;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A network that is given the planes of an image, FLOAT [1, 3, height, width], and gives probabilities. */
final class Network implements AutoCloseable {
    private static final int PLANES = 3;

    private final Model model;
    private final Session session;
    private final String input;

    private Network(Model model, int threads) {
        List<Port> inputs = model.metadata().inputs();
        if (inputs.size() != 1 || inputs.getFirst().type() != DataType.FLOAT) {
            throw new InvalidInputException(model.name(), "a model of PP-OCR, with one input of FLOAT",
                    inputs.toString(),
                    "name another model file");
        }
        this.model = model;
        input = inputs.getFirst().name();
        session = model.newSession(SessionOptions.defaults().withThreads(threads));
    }

    static Network load(ModelSource source, int threads) {
        Model model = Model.load(source, LoadOptions.defaults());
        try {
            return new Network(model, threads);
        } catch (InvalidInputException e) {
            model.close();
            throw e;
        }
    }

    String name() {
        return model.name();
    }

    /** A text that the file gives beside the graph, or null. */
    String property(String key) {
        return model.metadata().properties().get(key);
    }

    /**
     * @param shape what has to come out; -1 stands for any number
     * @throws InvalidInputException when something else does
     */
    float[] run(float[] planes, int height, int width, int... shape) {
        Tensor out = session.run(Map.of(input, Tensor.of(planes, 1, PLANES, height, width))).get(0);
        int[] found = out.shape();
        boolean fits = out.type() == DataType.FLOAT && found.length == shape.length;
        for (int i = 0; fits && i < shape.length; i++) {
            fits = shape[i] == -1 || shape[i] == found[i];
        }
        if (!fits) {
            throw new InvalidInputException(model.name(), "an output FLOAT " + Arrays.toString(shape),
                    out.toString(), "name a model file of PP-OCR");
        }
        return out.floats();
    }

    @Override
    public void close() {
        session.close();
        model.close();
    }
}
