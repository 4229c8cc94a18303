package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.GraphProto;
import dev.lanewise.loaders.onnx.proto.Onnx.ModelProto;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TypeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.ValueInfoProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A random graph: units of nodes, what they start from, and of each value what the nodes' reference evaluations give, one after the
 * other. So any part of it is a model as well, given the values that it reads.
 */
record FuzzModel(int opset, List<Unit> units, Map<String, Leaf> leaves, Map<String, Item> values,
        List<String> outputs) {
    /** A value; {@code exact} means that its bits do not depend on the order or precision of arithmetic. */
    record Item(String name, Tensor tensor, boolean exact) {
        DataType type() {
            return tensor.type();
        }

        int rank() {
            return tensor.rank();
        }

        int dim(int axis) {
            return tensor.dim(axis);
        }
    }

    /** An input, with the dimensions that the model names, or a constant, without. */
    record Leaf(Tensor tensor, List<Object> dims) {
        boolean isConstant() {
            return dims == null;
        }

        /** An input of just that shape; a constant where ONNX Runtime's Java interface takes no inputs of the type. */
        static Leaf input(Tensor t) {
            return !OnnxRuntime.isInput(t.type()) ? new Leaf(t, null)
                    : new Leaf(t, Arrays.stream(t.shape()).mapToObj(d -> (Object) d).toList());
        }
    }

    /**
     * Nodes that stand and fall together.
     *
     * @param inputs values they read from outside, those that graphs inside nodes read included
     * @param tolerance of floats, relative to the largest value of the output or the inputs
     * @param steps by which integers may differ
     */
    record Unit(List<NodeProto> nodes, List<String> inputs, List<String> outputs, double tolerance, int steps) {
        String operators() {
            return nodes.stream().map(NodeProto::getOpType).collect(Collectors.joining("+"));
        }
    }

    /** The part of it that one unit is. */
    FuzzModel part(Unit unit) {
        return only(List.of(unit), unit.outputs);
    }

    /** Some units alone; what they read of others becomes inputs. */
    FuzzModel only(List<Unit> some, List<String> wanted) {
        Set<String> made = some.stream().flatMap(u -> u.outputs.stream()).collect(Collectors.toSet());
        Map<String, Leaf> given = new LinkedHashMap<>();
        for (Unit u : some) {
            for (String name : u.inputs) {
                if (!made.contains(name)) {
                    given.put(name, leaves.containsKey(name) ? leaves.get(name)
                            : Leaf.input(values.get(name).tensor));
                }
            }
        }
        return new FuzzModel(opset, List.copyOf(some), given, values, wanted.stream().filter(made::contains).toList());
    }

    /** Without units of which no output is asked for. */
    FuzzModel live() {
        Set<String> needed = new LinkedHashSet<>(outputs);
        List<Unit> kept = new ArrayList<>();
        for (Unit u : units.reversed()) {
            if (u.outputs.stream().anyMatch(needed::contains)) {
                kept.addFirst(u);
                needed.addAll(u.inputs);
            }
        }
        return only(kept, outputs);
    }

    Unit maker(String output) {
        return units.stream().filter(u -> u.outputs.contains(output)).findFirst().orElseThrow();
    }

    Map<String, Tensor> inputs() {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        leaves.forEach((name, leaf) -> {
            if (!leaf.isConstant()) {
                inputs.put(name, leaf.tensor);
            }
        });
        return inputs;
    }

    byte[] bytes() {
        return proto().build().toByteArray();
    }

    ModelProto.Builder proto() {
        GraphProto.Builder graph = OnnxModels.graph();
        units.forEach(u -> graph.addAllNode(u.nodes));
        leaves.forEach((name, leaf) -> {
            if (leaf.isConstant()) {
                graph.addInitializer(constant(name, leaf.tensor));
            } else {
                graph.addInput(OnnxModels.port(name, leaf.tensor.type(), leaf.dims.toArray()));
            }
        });
        // an output that has not been computed has no type yet
        outputs.forEach(name -> graph.addOutput(values.containsKey(name) ? port(name, values.get(name).type())
                : ValueInfoProto.newBuilder().setName(name).build()));
        ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(10).setGraph(graph)
                .addOpsetImport(OnnxModels.opset("", opset)).addOpsetImport(OnnxModels.opset("ai.onnx.ml", 3))
                .addOpsetImport(OnnxModels.opset("com.microsoft", 1));
        if (units.stream().anyMatch(u -> u.nodes.getFirst().getDomain().equals(PreviewImports.DOMAIN))) {
            model.addOpsetImport(OnnxModels.opset(PreviewImports.DOMAIN, 1));
        }
        return model;
    }

    static TensorProto constant(String name, Tensor value) {
        try {
            return TensorProto.parseFrom(TensorWriter.bytes(name, value));
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A port without a shape. */
    static ValueInfoProto port(String name, DataType type) {
        return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(ElementTypes.number(type)))).build();
    }

    /** The nodes as a line each, with types and shapes of what they read, and small values whole. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("opset " + opset);
        leaves.forEach((name, leaf) -> text.append('\n').append(leaf.isConstant() ? "constant " : "input ")
                .append(name).append(" = ").append(FuzzCheck.text(leaf.tensor)));
        for (Unit u : units) {
            for (NodeProto n : u.nodes) {
                text.append('\n').append(String.join(", ", n.getOutputList())).append(" = ").append(n.getDomain())
                        .append(n.getDomain().isEmpty() ? "" : ".").append(n.getOpType()).append(n.getInputList())
                        .append(' ').append(n.getAttributeList().stream().map(FuzzModel::attribute)
                                .collect(Collectors.joining("; ")));
            }
        }
        return text.append("\noutputs ").append(outputs).toString();
    }

    /** Its generated {@code toString} would need the module to be open. */
    private static String attribute(AttributeProto a) {
        Object value = switch (a.getType()) {
            case INT -> a.getI();
            case FLOAT -> a.getF();
            case STRING -> a.getS().toStringUtf8();
            case INTS -> a.getIntsList();
            case FLOATS -> a.getFloatsList();
            case STRINGS -> a.getStringsList();
            default -> a.getType();
        };
        return a.getName() + "=" + value;
    }
}
