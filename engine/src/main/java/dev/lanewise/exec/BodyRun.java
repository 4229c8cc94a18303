package dev.lanewise.exec;

import dev.lanewise.Tensor;

/** A graph inside an operator in one session: bound anew only where its inputs have other sizes than the last time. */
final class BodyRun {
    private final Body body;
    private final Arena arena = new Arena();
    private Binding binding;

    BodyRun(Body body) {
        this.body = body;
    }

    /** The outputs, which may share the memory of inputs and constants, and that of no later run. */
    Tensor[] run(Tensor[] inputs, RunControl control, Workers workers) {
        Body.Choice choice = body.choose(inputs);
        if (binding == null || binding.plan() != choice.plan()) {
            binding = new Binding(choice.plan(), arena, workers.count(), body.maxBytes());
        }
        binding.bind(choice.symbols());
        for (int i = 0; i < inputs.length; i++) {
            binding.input(i, inputs[i]);
        }
        Tensor[] outputs = new Tensor[choice.plan().outputs().length];
        for (int i = 0; i < outputs.length; i++) {
            if (binding.writesOutput(i)) {
                outputs[i] = Tensor.zeros(choice.plan().slots().get(choice.plan().outputs()[i]).type(),
                        binding.outputShape(i, false));
                binding.output(i, outputs[i].array());
            }
        }
        Frame frame = binding.frame();
        frame.control(control);
        for (Step step : binding.steps()) {
            step.run(frame, workers);
        }
        for (int i = 0; i < outputs.length; i++) {
            if (outputs[i] == null) {
                outputs[i] = binding.ownOutput(i);
            }
        }
        binding.release();
        return outputs;
    }
}
