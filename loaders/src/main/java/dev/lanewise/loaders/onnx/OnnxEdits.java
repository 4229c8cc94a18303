package dev.lanewise.loaders.onnx;

import dev.lanewise.Tensor;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What is other in a rewritten model. Collections may grow while nodes are asked for.
 *
 * @param tensors initialisers, or what Constant nodes give, to replace, by name
 * @param dropped names of such that go
 * @param added further initialisers by name
 * @param first nodes to put before all others
 * @param nodes what a node becomes; null for nodes that stay
 * @param domains of operators to import beside those of the model
 * @param leastIr version of the format that the model needs at least
 * @param properties metadata properties to set
 */
public record OnnxEdits(Map<String, Tensor> tensors, Set<String> dropped, Map<String, Tensor> added,
        List<NewNode> first, Function<OldNode, List<WrittenNode>> nodes, Set<String> domains, long leastIr,
        Map<String, String> properties) {
    private static final int NODE_INPUT = 1;
    private static final int NODE_OUTPUT = 2;
    private static final int NODE_NAME = 3;
    private static final int NODE_OPERATOR = 4;
    private static final int NODE_ATTRIBUTE = 5;
    private static final int NODE_DOMAIN = 7;
    private static final int ATTRIBUTE_NAME = 1;
    private static final int ATTRIBUTE_FLOAT = 2;
    private static final int ATTRIBUTE_INTEGER = 3;
    private static final int ATTRIBUTE_TYPE = 20;
    private static final int TYPE_FLOAT = 1;
    private static final int TYPE_INTEGER = 2;

    /** A node to write. */
    public sealed interface WrittenNode permits NewNode, ChangedNode {
        /** As a protobuf message. */
        byte[] bytes();
    }

    /**
     * A node of the model that is read; the name of a missing input is empty.
     *
     * @param content as a protobuf message
     */
    public record OldNode(String name, String operator, String domain, List<String> inputs, List<String> outputs,
            byte[] content) {
        /** The node with other inputs, and all else as it was. */
        public ChangedNode with(List<String> others) {
            return new ChangedNode(content, others);
        }
    }

    /** A node of the model with other inputs. */
    public record ChangedNode(byte[] content, List<String> inputs) implements WrittenNode {
        @Override
        public byte[] bytes() {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            inputs.forEach(i -> NewNode.write(out, NODE_INPUT, i));
            Fields fields = new Fields(content, 0, content.length);
            while (fields.next()) {
                if (fields.number() != NODE_INPUT) {
                    fields.copy(out);
                }
            }
            return out.toByteArray();
        }
    }

    /**
     * A node to write.
     *
     * @param attributes of types Long and Float
     */
    public record NewNode(String name, String operator, String domain, List<String> inputs, List<String> outputs,
            Map<String, ? extends Number> attributes) implements WrittenNode {
        @Override
        public byte[] bytes() {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            inputs.forEach(i -> write(out, NODE_INPUT, i));
            outputs.forEach(o -> write(out, NODE_OUTPUT, o));
            write(out, NODE_NAME, name);
            write(out, NODE_OPERATOR, operator);
            attributes.forEach((key, value) -> Fields.write(out, NODE_ATTRIBUTE, attribute(key, value)));
            write(out, NODE_DOMAIN, domain);
            return out.toByteArray();
        }

        private static byte[] attribute(String key, Number value) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            write(out, ATTRIBUTE_NAME, key);
            if (value instanceof Float f) {
                Fields.write(out, ATTRIBUTE_FLOAT, f);
                Fields.write(out, ATTRIBUTE_TYPE, TYPE_FLOAT);
            } else {
                Fields.write(out, ATTRIBUTE_INTEGER, value.longValue());
                Fields.write(out, ATTRIBUTE_TYPE, TYPE_INTEGER);
            }
            return out.toByteArray();
        }

        private static void write(ByteArrayOutputStream out, int field, String text) {
            Fields.write(out, field, text.getBytes(StandardCharsets.UTF_8));
        }
    }

    static OnnxEdits of(Map<String, Tensor> tensors, Map<String, String> properties) {
        return new OnnxEdits(tensors, Set.of(), Map.of(), List.of(), n -> null, Set.of(), 0, properties);
    }

    List<WrittenNode> others(NodeProto node, byte[] content) {
        return nodes.apply(new OldNode(node.name(), node.operator(), node.domain(), node.inputs(), node.outputs(),
                content));
    }
}
