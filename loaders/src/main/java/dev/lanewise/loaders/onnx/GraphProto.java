package dev.lanewise.loaders.onnx;

import java.util.ArrayList;
import java.util.List;

/** A graph, as the file has it. */
record GraphProto(List<NodeProto> nodes, List<TensorProto> initialisers, List<ValueInfoProto> inputs,
        List<ValueInfoProto> outputs, boolean hasSparseInitialisers) {
    static GraphProto of(Message m) {
        List<TensorProto> initialisers = new ArrayList<>();
        for (Message t : m.messages(5)) {
            initialisers.add(new TensorProto(t));
        }
        return new GraphProto(NodeProto.all(m.messages(1)), initialisers, values(m.messages(11)),
                values(m.messages(12)), m.has(15));
    }

    private static List<ValueInfoProto> values(List<Message> messages) {
        List<ValueInfoProto> values = new ArrayList<>();
        for (Message m : messages) {
            values.add(new ValueInfoProto(m));
        }
        return values;
    }
}
