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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A network that is given the planes of an image, FLOAT [1, 3, height, width], and gives probabilities. It serves as many callers at
 * the same time as it has sessions.
 */
final class Network implements AutoCloseable {
    private static final int PLANES = 3;

    private final Model model;
    /** Those that are free. */
    private final Queue<Session> sessions = new ConcurrentLinkedQueue<>();
    private final String input;

    private Network(Model model, int count, int threads) {
        List<Port> inputs = model.metadata().inputs();
        if (inputs.size() != 1 || inputs.getFirst().type() != DataType.FLOAT) {
            throw new InvalidInputException(model.name(), "a model of PP-OCR, with one input of FLOAT",
                    inputs.toString(),
                    "name another model file");
        }
        this.model = model;
        input = inputs.getFirst().name();
        for (int i = 0; i < count; i++) {
            sessions.add(model.newSession(SessionOptions.defaults().withThreads(threads)));
        }
    }

    /**
     * @param sessions callers at the same time
     * @param threads of each
     */
    static Network load(ModelSource source, int sessions, int threads) {
        Model model = Model.load(source, LoadOptions.defaults());
        try {
            return new Network(model, sessions, threads);
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
        Tensor out = run(Tensor.of(planes, 1, PLANES, height, width));
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

    private Tensor run(Tensor planes) {
        Session session = sessions.remove();
        try {
            return session.run(Map.of(input, planes)).get(0);
        } finally {
            sessions.add(session);
        }
    }

    @Override
    public void close() {
        sessions.forEach(Session::close);
        model.close();
    }
}
