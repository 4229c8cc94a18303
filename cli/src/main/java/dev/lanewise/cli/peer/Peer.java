package dev.lanewise.cli.peer;

import dev.lanewise.Tensor;
import java.util.Map;

/**
 * Another engine with a model loaded, for comparison. Its adapter is compiled against the engine's own classes, which are
 * not on the class path: a class loader of its own ({@link Peers}) has both.
 */
public interface Peer extends AutoCloseable {
    String name();

    String version();

    /** Sets the inputs of the runs that follow; what is to be converted is converted here. */
    void setInputs(Map<String, Tensor> inputs) throws Exception;

    /** One run as it is measured: outputs are made and dropped, not copied to the heap. */
    void run() throws Exception;

    /** One run and its outputs by name. */
    Map<String, Tensor> outputs() throws Exception;

    @Override
    void close() throws Exception;
}
