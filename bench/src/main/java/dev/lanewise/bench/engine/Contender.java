package dev.lanewise.bench.engine;

/** An engine with a model loaded, for as long as the process lasts. */
public sealed interface Contender permits Lanewise, OnnxRuntime, Jlama {
    /** Its name in keys. */
    String name();

    /** Sets what the runs that follow compute; conversions happen here. */
    void prepare(Case c) throws Exception;

    /** One run as a caller would do it. */
    void run() throws Exception;

    /** One run, and its first output, to compare: {@code [batch, tokens, width]} or the scores of an image. */
    float[] output() throws Exception;
}
