package dev.lanewise.loaders.onnx.backendtest;

import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelMetadata.Port;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.loaders.onnx.TensorFile;
import java.util.List;

/**
 * A model with inputs and the outputs due.
 *
 * @param suite name of the folder that holds the case, such as {@code node}
 */
public record TestCase(String suite, String name, ModelSource model, List<DataSet> dataSets) {
    /** {@code inputs} is null where they are generated: element {@code i} of {@code n} is {@code i / n}. */
    public record DataSet(String name, List<ModelSource> inputs, List<ModelSource> outputs) {
    }

    /** Runs the case. Whatever goes wrong, apart from {@link Error}s, becomes a failed result. */
    public Result run(Subject subject) {
        double largest = 0;
        try (Subject.Loaded loaded = subject.load(model)) {
            for (DataSet set : dataSets) {
                Tensor[] outputs = loaded.run(inputs(set, loaded.metadata().inputs()));
                if (outputs.length != set.outputs.size()) {
                    return Result.failed(this, set.outputs.size() + " outputs due, not " + outputs.length, 0);
                }
                for (int i = 0; i < outputs.length; i++) {
                    Comparison c = Comparison.of(TensorFile.read(set.outputs.get(i),
                            outputs[i].type()), outputs[i], isQuantised(), isTransform());
                    largest = Math.max(largest, c.largestError());
                    if (c.difference() != null) {
                        return Result.failed(this, set.name + ", output " + i + ": " + c.difference(),
                                c.largestError());
                    }
                }
            }
            return dataSets.isEmpty() ? Result.failed(this, "no test data", 0) : Result.passed(this, largest);
        } catch (UnsupportedModelException e) {
            return Result.skipped(this, e.features());
        } catch (RuntimeException e) {
            return Result.failed(this, e);
        }
    }

    /** Outputs of quantising operators may be one off: rounding of halves differs. */
    private boolean isQuantised() {
        return name.contains("quantize") || name.contains("qlinear");
    }

    /** The outputs due were computed in FLOAT: what should be 0 is noise of the size of the largest element's last bit. */
    private boolean isTransform() {
        return name.contains("_dft");
    }

    private static Tensor[] inputs(DataSet set, List<Port> ports) {
        if (set.inputs == null) {
            return ports.stream().map(TestCase::generated).toArray(Tensor[]::new);
        }
        if (set.inputs.size() > ports.size()) {
            throw new InvalidInputException(null, ports.size() + " inputs", set.inputs.size() + " input files",
                    "check the case");
        }
        Tensor[] inputs = new Tensor[set.inputs.size()];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = TensorFile.read(set.inputs.get(i), ports.get(i).type());
        }
        return inputs;
    }

    private static Tensor generated(Port port) {
        int[] shape = port.dims().stream().mapToInt(Integer::parseInt).toArray();
        float[] values = new float[Tensor.sizeOf(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((double) i / values.length);
        }
        return Tensor.of(values, shape);
    }
}
