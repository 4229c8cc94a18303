package dev.lanewise.loaders.onnx;

import java.util.ArrayList;
import java.util.List;

/**
 * A model, as the file has it.
 *
 * @param graph null where there is none
 * @param opsetImports domain in field 1, version in field 2
 * @param properties key in field 1, value in field 2
 */
record ModelProto(long irVersion, String producerName, String producerVersion, String domain, long modelVersion,
        String documentation, GraphProto graph, List<Message> opsetImports, List<Message> properties,
        List<FunctionProto> functions) {
    static ModelProto of(Message m) {
        List<FunctionProto> functions = new ArrayList<>();
        for (Message f : m.messages(25)) {
            functions.add(FunctionProto.of(f));
        }
        return new ModelProto(m.number(1), m.text(2), m.text(3), m.text(4), m.number(5), m.text(6),
                m.has(7) ? GraphProto.of(m.message(7)) : null, m.messages(8), m.messages(14), functions);
    }
}
