package dev.lanewise.models.speech;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelMetadata.Port;
import dev.lanewise.ModelSource;
import dev.lanewise.Outputs;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Finds speech with a model of Silero VAD, legacy or version 5 or later. The model looks at windows of 32 ms one after another, each
 * with what it remembers of those before. One caller at a time.
 */
public final class VoiceActivity implements AutoCloseable {
    /** Samples of a window at each rate that the models know, and of the one before that version 5 sees again. */
    private static final Map<Integer, int[]> WINDOWS = Map.of(16000, new int[] {512, 64}, 8000, new int[] {256, 32});
    private static final String LEGACY_STATE = "h";
    private static final int LEGACY_WIDTH = 64;
    private static final int WIDTH = 128;

    private final Model model;
    private final Session session;
    private final boolean legacy;

    private VoiceActivity(Model model) {
        this.model = model;
        List<String> names = model.metadata().inputs().stream().map(Port::name).toList();
        legacy = names.contains(LEGACY_STATE);
        List<String> expected = legacy ? List.of("input", "sr", LEGACY_STATE, "c") : List.of("input", "state", "sr");
        if (!names.containsAll(expected) || names.size() != expected.size()) {
            throw new InvalidInputException(model.name(), "a model of Silero VAD with inputs " + expected,
                    "inputs " + names, "name a model file of Silero VAD");
        }
        session = model.newSession(SessionOptions.defaults());
    }

    /** @throws InvalidInputException when it is no model of Silero VAD */
    public static VoiceActivity load(ModelSource source, LoadOptions options) {
        Model model = Model.load(source, options);
        try {
            return new VoiceActivity(model);
        } catch (InvalidInputException e) {
            model.close();
            throw e;
        }
    }

    /** Samples of a window at a rate. */
    public static int window(int rate) {
        return sizes(rate)[0];
    }

    private static int[] sizes(int rate) {
        int[] sizes = WINDOWS.get(rate);
        if (sizes == null) {
            throw new InvalidInputException("rate", WINDOWS.keySet().stream().sorted().map(r -> r + " Hz")
                    .collect(Collectors.joining(" or ")), rate + " Hz", "convert the recording to 16000 Hz");
        }
        return sizes;
    }

    /**
     * How probable speech is in each window of a recording, from 0 to 1; the last window is filled up with zeros.
     *
     * @throws InvalidInputException when the recording has neither 8000 nor 16000 samples a second
     */
    public float[] probabilities(Recording recording) {
        int[] sizes = sizes(recording.rate());
        int window = sizes[0];
        int context = legacy ? 0 : sizes[1];
        float[] samples = recording.samples();
        float[] found = new float[(samples.length + window - 1) / window];
        Map<String, Tensor> inputs = new HashMap<>();
        inputs.put("sr", Tensor.scalar((long) recording.rate()));
        remember(inputs, null);
        float[] seen = new float[context + window];
        inputs.put("input", Tensor.of(seen, 1, seen.length));
        for (int i = 0; i < found.length; i++) {
            System.arraycopy(seen, window, seen, 0, context);
            int count = Math.min(window, samples.length - i * window);
            System.arraycopy(samples, i * window, seen, context, count);
            Arrays.fill(seen, context + count, seen.length, 0f);
            Outputs outputs = session.run(inputs);
            found[i] = outputs.get(0).floats()[0];
            remember(inputs, outputs);
        }
        return found;
    }

    /** What it knows before the first window is zeros. */
    private void remember(Map<String, Tensor> inputs, Outputs outputs) {
        if (legacy) {
            Tensor none = Tensor.zeros(DataType.FLOAT, 2, 1, LEGACY_WIDTH);
            inputs.put(LEGACY_STATE, outputs == null ? none : outputs.get(1));
            inputs.put("c", outputs == null ? none : outputs.get(2));
        } else {
            inputs.put("state", outputs == null ? Tensor.zeros(DataType.FLOAT, 2, 1, WIDTH) : outputs.get(1));
        }
    }

    /** Where speech is in a recording, in order of time. */
    public List<SpeechSegment> segments(Recording recording, SegmentOptions options) {
        return segments(probabilities(recording), recording, options);
    }

    /** The same of probabilities that are known. */
    static List<SpeechSegment> segments(float[] probabilities, Recording recording, SegmentOptions options) {
        return new Segmenter(options, window(recording.rate()), recording.samples().length, recording.rate())
                .segments(probabilities);
    }

    @Override
    public void close() {
        session.close();
        model.close();
    }
}
