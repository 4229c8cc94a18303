package dev.lanewise;

import java.util.List;
import java.util.Map;

/**
 * What a model file says about itself. Texts that the file does not give are empty.
 *
 * @param producerName program that wrote the file
 * @param domain name space of the model
 * @param modelVersion the author's version number
 * @param irVersion version of the file format
 * @param opsets version of each operator set that the model uses, by domain ({@code ai.onnx} is the standard's own)
 * @param properties custom properties
 * @param inputs what a run takes
 * @param outputs what a run gives
 * @param fixedInputs inputs with a default value in the file; they are constants here and no run can set them
 */
public record ModelMetadata(String producerName, String producerVersion, String domain, long modelVersion,
        long irVersion,
        Map<String, Long> opsets, String description, Map<String, String> properties, List<Port> inputs,
        List<Port> outputs,
        List<String> fixedInputs) {
    /**
     * An input or output.
     *
     * @param dims numbers such as {@code 384} or names such as {@code batch_size}; null where the rank depends on data
     */
    public record Port(String name, DataType type, List<String> dims) {
        @Override
        public String toString() {
            return name + ": " + type + (dims == null ? "[?]" : dims.toString().replace(" ", ""));
        }
    }
}
