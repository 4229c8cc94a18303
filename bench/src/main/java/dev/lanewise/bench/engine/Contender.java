package dev.lanewise.bench.engine;

/** An engine with a model loaded. */
public sealed interface Contender extends AutoCloseable permits Lanewise, OnnxRuntime, Jlama {
    /** Its name in keys. */
    String name();

    /** Whether it can run the case at all. */
    boolean takes(Case c);

    /** Sets what the runs that follow compute; conversions happen here. */
    void prepare(Case c) throws Exception;

    /** One run as a caller would do it. */
    void run() throws Exception;

    /** One run, and its first output, to compare: {@code [batch, tokens, width]} or the scores of an image. */
    float[] output() throws Exception;

    @Override
    void close() throws Exception;
}
