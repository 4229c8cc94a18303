package dev.lanewise.bench.kernel;

import dev.lanewise.DataType;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import java.util.List;
import java.util.Map;

/** A model of one step, run into an output that stays; includes what a session does around the step. */
final class Step {
    private final Session session;
    private final Map<String, Tensor> inputs;
    private final Map<String, Tensor> outputs;

    Step(byte[] onnx, String operator, Map<String, Tensor> inputs, int... outputShape) {
        Model model = Model.load(ModelSource.of("step.onnx", onnx), LoadOptions.defaults());
        session = model.newSession(SessionOptions.defaults().withProfile(true));
        this.inputs = inputs;
        outputs = Map.of("y", Tensor.zeros(DataType.FLOAT, outputShape));
        run();
        List<String> steps = session.profile().steps().stream().map(s -> s.operator()).toList();
        if (!steps.contains(operator)) {
            throw new IllegalStateException("no " + operator + " but " + steps);
        }
    }

    Object run() {
        session.run(inputs, outputs);
        return outputs;
    }
}
