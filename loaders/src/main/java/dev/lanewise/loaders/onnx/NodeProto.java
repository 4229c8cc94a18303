package dev.lanewise.loaders.onnx;

import java.util.ArrayList;
import java.util.List;

/** A node, as the file has it. */
record NodeProto(String name, String operator, String domain, String overload, List<String> inputs,
        List<String> outputs, List<AttributeProto> attributes) {
    static NodeProto of(Message m) {
        List<AttributeProto> attributes = new ArrayList<>();
        for (Message a : m.messages(5)) {
            attributes.add(new AttributeProto(a));
        }
        return new NodeProto(m.text(3), m.text(4), m.text(7), m.text(8), m.texts(1), m.texts(2), attributes);
    }

    static List<NodeProto> all(List<Message> messages) {
        List<NodeProto> nodes = new ArrayList<>(messages.size());
        for (Message m : messages) {
            nodes.add(of(m));
        }
        return nodes;
    }

    /** The graphs inside the node. */
    List<GraphProto> graphs() {
        return attributes.stream().filter(a -> a.kind() == AttributeProto.Kind.GRAPH).map(AttributeProto::graph)
                .toList();
    }

    NodeProto withAttributes(List<AttributeProto> others) {
        return new NodeProto(name, operator, domain, overload, inputs, outputs, others);
    }
}
