package dev.lanewise.loaders.onnx;

import dev.lanewise.Limits;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Nodes run one by one by their reference evaluations, whatever types their outputs turn out to have. */
final class FuzzReference {
    private static final long BYTES = 1L << 28;

    private FuzzReference() {
    }

    /** The outputs of a model. */
    static List<Tensor> outputs(FuzzModel model) {
        return List.of(graph(model).evaluate(model.inputs().values().toArray(Tensor[]::new)));
    }

    /** The graph as written, its constants read. */
    static Graph graph(FuzzModel model) {
        Limits limits = Limits.defaults();
        try (ModelBytes bytes = ModelBytes.open(ModelSource.of("unit.onnx", model.bytes()))) {
            ModelProto proto = ModelProto.of(WireReader.read(bytes, WireSchema.MODEL, limits));
            Budget budget = new Budget(BYTES);
            TensorReader tensors = new TensorReader(limits, budget, new ExternalData(null, null, budget));
            Scope values = Scope.ofModel();
            List<Value> inputs = new ArrayList<>();
            for (ValueInfoProto info : proto.graph().inputs()) {
                Value input = Value.input(info.name(), Ports.fact(info, limits));
                values.put(info.name(), input);
                inputs.add(input);
            }
            for (TensorProto t : proto.graph().initialisers()) {
                values.put(t.name(), Value.constant(t.name(), tensors.read(t, t.name())));
            }
            NodeImporter nodes = new NodeImporter(new Functions(List.of(), limits), tensors);
            OpsetImports opsets = OpsetImports.of(proto.opsetImports());
            Set<String> unsupported = nodes.unsupported(proto.graph().nodes(), opsets);
            if (!unsupported.isEmpty()) {
                throw new UnsupportedModelException(null, List.copyOf(unsupported));
            }
            nodes.run(proto.graph().nodes(), opsets, values);
            return Graph.of(inputs, model.outputs().stream().map(values::get).toList(), model.outputs());
        }
    }
}
