package dev.lanewise.op;

import dev.lanewise.exec.Step;
import dev.lanewise.graph.Operator;
import java.util.function.Supplier;

/**
 * An operator that has a kernel step of its own. Operators without one run their reference evaluation, and so does every
 * node whose shapes depend on data.
 */
public interface Lowerable extends Operator {
    /**
     * Prepares the node for running: packs constants once, then answers with a maker of steps (one step a session). Null
     * means that this node has no special form after all and its reference evaluation runs.
     */
    Supplier<Step> lower(Lowering at);
}
