package dev.lanewise.exec;

/** Asked before each step; throws to end the run early (cancelled, or past its deadline). */
public interface RunControl {
    RunControl NONE = step -> {
    };

    void beforeStep(int step);

    /** The same between steps, where a step takes long or may run for ever. */
    default void check() {
    }
}
