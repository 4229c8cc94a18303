package dev.lanewise.models;

import dev.lanewise.ClosedException;
import dev.lanewise.DataType;
import dev.lanewise.Model;
import dev.lanewise.Outputs;
import dev.lanewise.RunOptions;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions.WarmUp;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.elastic.Budget;
import dev.lanewise.elastic.Calibration;
import dev.lanewise.elastic.LatencyTable;
import dev.lanewise.elastic.Submodel;
import dev.lanewise.models.tokenizer.Encoding;
import dev.lanewise.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Turns texts into vectors of length 1 with a transformer encoder: mean of the token vectors under the attention mask, then
 * L2 normalisation (Reimers and Gurevych, <a href="https://arxiv.org/abs/1908.10084">Sentence-BERT</a>).
 *
 * <p>
 * The model takes {@code input_ids} and {@code attention_mask} of shape [texts, tokens] as INT64, {@code token_type_ids} if it
 * declares them, and gives {@code last_hidden_state}, or else a first output, as FLOAT [texts, tokens, width].
 *
 * <p>
 * A text gives the same bits alone or among others. Threads may share an embedder: each call in progress has a session of
 * its own.
 */
public final class TextEmbedder implements AutoCloseable {
    /** Longest text in tokens where neither the options nor the tokenizer say: what BERT models are made for. */
    public static final int DEFAULT_MAX_LENGTH = 512;

    /** Tokens of the shortest text that latencies are measured with. */
    private static final int SHORTEST = 16;

    private static final int BATCH_TEXTS = 64;
    private static final int BATCH_TOKENS = 4096;

    private final Model model;
    private final EmbedderOptions options;
    private final TextInputs inputs;
    private final String output;
    private final ConcurrentLinkedDeque<Session> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    private TextEmbedder(Model model, Tokenizer tokenizer, EmbedderOptions options) {
        this.model = model;
        this.options = options;
        this.inputs = TextInputs.of(model.name(), model.metadata(), tokenizer, options.maxLength());
        this.output = TextInputs.hiddenOutput(model.metadata());
        idle.push(model.newSession(options.session()));
    }

    /** Loads a built-in model ({@link BuiltInModels}) or a model file with its {@code tokenizer.json}. */
    public static TextEmbedder load(String nameOrFile) {
        return load(nameOrFile, EmbedderOptions.defaults());
    }

    /**
     * The same with options.
     *
     * @throws MissingModelException where a built-in model's jar is not there
     * @throws dev.lanewise.ModelFormatException where the model or the tokenizer is damaged
     * @throws UnsupportedModelException where the model needs what is not there, or takes other inputs
     * @throws UncheckedIOException where reading fails
     */
    public static TextEmbedder load(String nameOrFile, EmbedderOptions options) {
        try {
            ModelFiles files = BuiltInModels.has(nameOrFile) ? BuiltInModels.find(nameOrFile) : null;
            Path file = files == null ? Path.of(nameOrFile) : null;
            Path tokenizer =
                    options.tokenizer() != null || files != null ? options.tokenizer() : TextInputs.beside(file);
            FutureTask<Tokenizer> reading =
                    new FutureTask<>(() -> tokenizer == null ? files.tokenizer() : Tokenizer.load(tokenizer));
            Thread.ofPlatform().daemon().name("lanewise-tokenizer").start(reading);
            Model model = files == null ? Model.load(file, options.load()) : Model.load(files.model(), options.load());
            return of(model, result(reading), options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What another thread read meanwhile. */
    private static Tokenizer result(FutureTask<Tokenizer> reading) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return reading.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw (Error) e.getCause();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** An embedder of a model that is loaded already; it closes the model when it is closed. */
    public static TextEmbedder of(Model model, Tokenizer tokenizer, EmbedderOptions options) {
        return new TextEmbedder(model, tokenizer, options);
    }

    public Model model() {
        return model;
    }

    /** Longest text in tokens, special ones included. */
    public int maxLength() {
        return inputs.maxLength();
    }

    /** The vector of one text. */
    public float[] embed(String text) {
        return embedAll(List.of(text)).getFirst().vector();
    }

    /** The vector of each text. */
    public float[][] embed(List<String> texts) {
        return embedAll(texts).stream().map(TextEmbedding::vector).toArray(float[][]::new);
    }

    /** The vector of each text, with what became of the text on the way. */
    public List<TextEmbedding> embedAll(List<String> texts) {
        return embedAll(texts, RunOptions.defaults());
    }

    /** Tokens of a text, special ones included; at most {@link #maxLength}. */
    public int tokens(String text) {
        return inputs.encode(text).length();
    }

    /**
     * The largest submodel that is within the budget for a text, run alone.
     *
     * @param latencies of this embedder's model, as from {@link #calibrate}
     * @throws dev.lanewise.InvalidInputException where even the smallest submodel is beyond the budget, or the text is longer than what
     *         was measured
     */
    public Submodel choose(String text, LatencyTable latencies, Budget budget) {
        return latencies.choose(budget, inputs.of(text));
    }

    /**
     * Measures the submodels of an elastic model on texts of 16 tokens, twice as many, and so on until as long as asked for, or takes
     * what was measured before from the file.
     *
     * @param tokens longest text that is to count; at most {@link #maxLength}
     * @param file where the table is kept
     * @throws dev.lanewise.InvalidInputException where the model is not elastic
     */
    public LatencyTable calibrate(int tokens, Calibration how, Path file) {
        List<Map<String, Tensor>> samples = new ArrayList<>();
        for (int length = 0; length < Math.min(tokens, maxLength());) {
            length = Math.min(Math.max(SHORTEST, 2 * length), maxLength());
            samples.add(inputs.ofLength(length));
        }
        Session session = open();
        try {
            return model.elastic().calibrate(session, samples, how, file);
        } finally {
            release(session);
        }
    }

    /** The same with options of the runs, as the submodel of an elastic model. */
    public List<TextEmbedding> embedAll(List<String> texts, RunOptions run) {
        List<Encoding> encodings = texts.stream().map(inputs::encode).toList();
        List<TextEmbedding> embeddings = new ArrayList<>(texts.size());
        Session session = open();
        try {
            for (int from = 0; from < encodings.size();) {
                int to = batchEnd(encodings, from);
                run(session, encodings.subList(from, to), run, embeddings);
                from = to;
            }
        } finally {
            release(session);
        }
        return List.copyOf(embeddings);
    }

    private Session open() {
        if (closed) {
            throw new ClosedException("text embedder of " + model.name());
        }
        Session session = idle.poll();
        return session != null ? session : model.newSession(options.session().withWarmUp(WarmUp.BACKGROUND));
    }

    private void release(Session session) {
        idle.push(session);
        if (closed) {
            closeIdle();
        }
    }

    /** As many texts go together as keep the memory of a run small. */
    private static int batchEnd(List<Encoding> encodings, int from) {
        int to = from + 1;
        long tokens = encodings.get(from).length();
        while (to < encodings.size() && to - from < BATCH_TEXTS) {
            tokens += encodings.get(to).length();
            if (tokens > BATCH_TOKENS) {
                break;
            }
            to++;
        }
        return to;
    }

    private void run(Session session, List<Encoding> encodings, RunOptions run, List<TextEmbedding> embeddings) {
        List<Outputs> outputs = session.runAll(encodings.stream().map(inputs::of).toList(), run);
        for (int i = 0; i < encodings.size(); i++) {
            Encoding e = encodings.get(i);
            Tensor hidden = outputs.get(i).get(output);
            if (hidden.type() != DataType.FLOAT || hidden.rank() != 3 || hidden.dim(0) != 1
                    || hidden.dim(1) != e.length()) {
                throw new UnsupportedModelException(model.name(),
                        List.of("output " + output + " " + hidden
                                + " in a text embedder, which pools FLOAT[texts, tokens, width]"));
            }
            float[] vector = Pooling.mean(hidden.floats(), 0, e.length(), hidden.dim(2), e.attentionMask(), 0);
            Pooling.normalize(vector);
            embeddings.add(new TextEmbedding(vector, e.length(), e.truncated()));
        }
    }

    private void closeIdle() {
        for (Session s = idle.poll(); s != null; s = idle.poll()) {
            s.close();
        }
    }

    /** Ends use of the embedder and its model; calls in progress fail with {@link ClosedException} or finish. */
    @Override
    public void close() {
        closed = true;
        closeIdle();
        model.close();
    }
}
