package dev.lanewise.exec;

/** Runs the steps of a bound plan in order. Results do not depend on which executor runs them or on its threads. */
public sealed interface Executor extends AutoCloseable permits SingleThreadExecutor, ForkJoinExecutor {
    /** Threads that may work on one run, the caller's included. */
    int threads();

    void run(Frame frame, Step[] steps, RunControl control);

    @Override
    void close();
}
