package dev.lanewise.loaders.onnx;

import java.util.ArrayList;
import java.util.List;

/** A function that a model defines, as the file has it. */
record FunctionProto(String name, String domain, String overload, List<String> inputs, List<String> outputs,
        List<NodeProto> nodes, List<AttributeProto> attributes, List<Message> opsetImports) {
    static FunctionProto of(Message m) {
        List<AttributeProto> attributes = new ArrayList<>();
        for (Message a : m.messages(11)) {
            attributes.add(new AttributeProto(a));
        }
        return new FunctionProto(m.text(1), m.text(10), m.text(13), m.texts(4), m.texts(5),
                NodeProto.all(m.messages(7)), attributes, m.messages(9));
    }
}
