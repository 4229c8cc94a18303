package dev.lanewise.loaders.onnx;

import dev.lanewise.Limits;
import dev.lanewise.ModelFormat.LoadedModel;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelMetadata;
import dev.lanewise.ModelMetadata.Port;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns a parsed model into a graph: initialisers and inputs become values, then the nodes are made in order. */
final class OnnxImporter {
    /** The newest version of the file format that the schema was written for. */
    private static final long NEWEST_IR = 13;
    /** From this version on an opset import is due, and an initialiser need not be an input. */
    private static final long FIRST_IR_WITH_OPSETS = 3;

    private final ModelProto model;
    private final GraphProto graph;
    private final Limits limits;
    private final TensorReader tensors;
    private final Scope values = Scope.ofModel();
    private final List<String> fixedInputs = new ArrayList<>();

    OnnxImporter(ModelProto model, Limits limits, TensorReader tensors) {
        this.model = model;
        this.graph = model.graph();
        this.limits = limits;
        this.tensors = tensors;
    }

    LoadedModel load() {
        OpsetImports opsets = checkHeader();
        Functions functions = new Functions(model.functions(), limits);
        functions.check(graph.nodes());
        NodeImporter nodes = new NodeImporter(functions, tensors);
        Set<String> unsupported = nodes.unsupported(graph.nodes(), opsets);
        if (graph.hasSparseInitialisers()) {
            unsupported.add("sparse initialiser");
        }
        graph.inputs().forEach(i -> collect(unsupported, () -> Ports.type(i)));
        graph.outputs().forEach(o -> collect(unsupported, () -> Ports.type(o)));
        graph.initialisers().forEach(t -> collect(unsupported, () -> ElementTypes.of(t.type(), where(t))));
        if (!unsupported.isEmpty()) {
            throw new UnsupportedModelException(null, List.copyOf(unsupported));
        }
        readInitialisers();
        List<Value> inputs = readInputs();
        nodes.run(graph.nodes(), opsets, values);
        return finish(inputs, opsets);
    }

    private static void collect(Set<String> unsupported, Runnable check) {
        try {
            check.run();
        } catch (UnsupportedModelException e) {
            unsupported.addAll(e.features());
        }
    }

    private OpsetImports checkHeader() {
        long ir = model.irVersion();
        if (ir < 1) {
            throw new ModelFormatException(null, "ir_version", "1 or more", Long.toString(ir),
                    "is this an ONNX model?");
        }
        if (ir > NEWEST_IR) {
            throw new UnsupportedModelException(null, List.of("ONNX IR version " + ir));
        }
        if (graph == null) {
            throw new ModelFormatException(null, "graph", "a graph", "none", "is this an ONNX model?");
        }
        if (model.opsetImports().isEmpty() && ir >= FIRST_IR_WITH_OPSETS) {
            throw new ModelFormatException(null, "opset_import", "at least one opset import", "none",
                    "correct the model file");
        }
        if (model.opsetImports().isEmpty()) {
            return new OpsetImports(Map.of(Registry.STANDARD_DOMAIN, 1L));
        }
        return OpsetImports.of(model.opsetImports());
    }

    private void readInitialisers() {
        for (TensorProto proto : graph.initialisers()) {
            if (proto.name().isEmpty()) {
                throw new ModelFormatException(null, "initialiser", "a name", "none", "name the initialiser");
            }
            Tensor tensor = tensors.read(proto, where(proto));
            if (values.put(proto.name(), Value.constant(proto.name(), tensor)) != null) {
                throw new ModelFormatException(null, where(proto), "one initialiser of a name", "two",
                        "correct the model file");
            }
        }
    }

    private static String where(TensorProto proto) {
        return "tensor '" + ModelFormatException.printable(proto.name()) + "'";
    }

    private List<Value> readInputs() {
        List<Value> inputs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (ValueInfoProto info : graph.inputs()) {
            if (info.name().isEmpty() || !names.add(info.name())) {
                throw Ports.error(info, "inputs with names of their own",
                        info.name().isEmpty() ? "no name" : "the name twice",
                        "correct the model file");
            }
            Fact declared = Ports.fact(info, limits);
            Value initialiser = values.get(info.name());
            if (initialiser == null) {
                Value input = Value.input(info.name(), declared);
                values.put(info.name(), input);
                inputs.add(input);
            } else {
                checkAgreement(info, declared, initialiser.fact());
                fixedInputs.add(info.name());
            }
        }
        return inputs;
    }

    private static void checkAgreement(ValueInfoProto info, Fact declared, Fact given) {
        boolean agree = declared.type() == given.type();
        if (agree && declared.hasShape()) {
            agree = declared.rank() == given.rank();
            for (int i = 0; agree && i < given.rank(); i++) {
                Dim d = declared.shape()[i];
                agree = !d.isConstant() || d.equals(given.shape()[i]);
            }
        }
        if (!agree) {
            throw Ports.error(info, declared.toString(), "an initialiser of " + given,
                    "make the input and its initialiser agree");
        }
    }

    private LoadedModel finish(List<Value> inputs, OpsetImports opsets) {
        List<Value> outputs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        List<Port> ports = new ArrayList<>();
        for (ValueInfoProto info : graph.outputs()) {
            Value value = values.get(info.name());
            if (value == null) {
                throw Ports.error(info, "an output that a node, input or initialiser produces", "none",
                        "correct the model file");
            }
            if (!names.add(info.name())) {
                throw Ports.error(info, "outputs with names of their own", "the name twice", "correct the model file");
            }
            Fact declared = Ports.fact(info, limits);
            if (!value.fact().isOfType(declared)) {
                throw Ports.error(info, "an output of type " + declared, value.fact().toString(),
                        "correct the output's type");
            }
            outputs.add(value);
            ports.add(Ports.port(info.name(), value.fact().hasShape() ? value.fact() : declared));
        }
        if (outputs.isEmpty()) {
            throw new ModelFormatException(null, "graph", "at least one output", "none", "correct the model file");
        }
        Graph result =
                Graph.of(inputs, outputs, ports.stream().map(Port::name).toList());
        List<Port> inputPorts = inputs.stream().map(v -> Ports.port(v.name(), v.fact())).toList();
        return new LoadedModel(result, metadata(opsets, inputPorts, ports));
    }

    private ModelMetadata metadata(OpsetImports opsets, List<Port> inputs, List<Port> outputs) {
        Map<String, String> properties = new LinkedHashMap<>();
        for (Message e : model.properties()) {
            properties.put(e.text(1), e.text(2));
        }
        return new ModelMetadata(model.producerName(), model.producerVersion(), model.domain(),
                model.modelVersion(),
                model.irVersion(), opsets.versions(), model.documentation(), properties, inputs, outputs,
                fixedInputs);
    }
}
