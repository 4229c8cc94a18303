package dev.lanewise.loaders.onnx;

import dev.lanewise.InvalidInputException;
import dev.lanewise.LoadOptions;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes an ONNX model anew with some of its weights and properties replaced; all other fields stay as they are, byte for byte, in
 * their order. Types and shapes of values in between, which the standard lets a file have and nobody needs, are left out. Weights in files
 * of their own come into the model's file.
 */
public final class OnnxRewriter {
    private static final int MODEL_IR = 1;
    private static final int MODEL_GRAPH = 7;
    private static final int MODEL_OPERATOR_SETS = 8;
    private static final int MODEL_PROPERTY = 14;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_INITIALISER = 5;
    private static final int GRAPH_INPUT = 11;
    private static final int GRAPH_VALUE_INFO = 13;

    private final Map<String, Tensor> tensors;
    private final OnnxEdits edits;
    private final Set<String> missing;
    private final TensorReader externals;
    private final LoadOptions options;

    private OnnxRewriter(OnnxEdits edits, TensorReader externals, LoadOptions options) {
        this.tensors = edits.tensors();
        this.edits = edits;
        this.missing = new HashSet<>(tensors.keySet());
        missing.addAll(edits.dropped());
        this.externals = externals;
        this.options = options;
    }

    /**
     * The model's bytes with replacements.
     *
     * @param source a model that {@link OnnxFormat} reads
     * @param tensors initialisers, or what Constant nodes give, by name; their types and shapes may be others than before
     * @param properties metadata properties to set
     * @throws InvalidInputException where the model has no tensor of a name
     * @throws ModelFormatException where the model is broken or would be larger than protobuf allows
     */
    public static byte[] rewrite(ModelSource source, LoadOptions options, Map<String, Tensor> tensors,
            Map<String, String> properties) throws IOException {
        return rewrite(source, options, OnnxEdits.of(tensors, properties));
    }

    /** The same with other nodes. */
    public static byte[] rewrite(ModelSource source, LoadOptions options, OnnxEdits edits) throws IOException {
        byte[] model = bytes(source);
        Path folder = source instanceof ModelSource.File file ? file.path().toAbsolutePath().getParent() : null;
        Budget budget = new Budget(Math.addExact(model.length, options.limits().extraBytes()));
        TensorReader externals = new TensorReader(options.limits(), budget,
                new ExternalData(folder, options.allowedRoot(), budget));
        try {
            return new OnnxRewriter(edits, externals, options).model(model);
        } catch (ModelFormatException e) {
            throw e.in(source.name());
        }
    }

    private static byte[] bytes(ModelSource source) throws IOException {
        return switch (source) {
            case ModelSource.Memory memory -> memory.bytes();
            case ModelSource.File file -> {
                if (Files.size(file.path()) > Integer.MAX_VALUE - 64) {
                    throw new ModelFormatException(source.name(), null, "a protobuf file below 2 GiB",
                            Files.size(file.path()) + " bytes", "keep large tensors as external data");
                }
                yield Files.readAllBytes(file.path());
            }
            case ModelSource.Stream stream -> {
                try (InputStream in = stream.opener().open()) {
                    yield in.readAllBytes();
                }
            }
        };
    }

    private byte[] model(byte[] model) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(model.length + (1 << 16));
        Set<String> imported = new HashSet<>();
        Fields fields = new Fields(model, 0, model.length);
        while (fields.next()) {
            switch (fields.number()) {
                case MODEL_GRAPH -> Fields.write(out, MODEL_GRAPH, graph(fields.content()));
                case MODEL_IR -> Fields.write(out, MODEL_IR, Math.max(fields.integer(), edits.leastIr()));
                case MODEL_PROPERTY -> {
                    if (!edits.properties().containsKey(entry(fields).text(1))) {
                        fields.copy(out);
                    }
                }
                case MODEL_OPERATOR_SETS -> {
                    imported.add(message(fields, WireSchema.OPERATOR_SET_ID).text(1));
                    fields.copy(out);
                }
                default -> fields.copy(out);
            }
        }
        edits.domains().stream().filter(domain -> !imported.contains(domain))
                .forEach(domain -> Fields.write(out, MODEL_OPERATOR_SETS, operatorSet(domain)));
        edits.properties().forEach((key, value) -> Fields.write(out, MODEL_PROPERTY, property(key, value)));
        if (!missing.isEmpty()) {
            throw new InvalidInputException("tensors", "names of initialisers of the model", missing.toString(),
                    "correct the names; weights inside functions cannot be replaced");
        }
        return out.toByteArray();
    }

    /** The first version of a domain. */
    private static byte[] operatorSet(String domain) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Fields.write(out, 1, domain.getBytes(StandardCharsets.UTF_8));
        Fields.write(out, 2, 1);
        return out.toByteArray();
    }

    private Message entry(Fields fields) {
        return message(fields, WireSchema.STRING_STRING_ENTRY);
    }

    private Message message(Fields fields, WireSchema type) {
        byte[] content = fields.bytes();
        return content.length == 0 ? new Message(type)
                : WireReader.read(ModelBytes.open(ModelSource.of("", content)), type, options.limits());
    }

    private static byte[] property(String key, String value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Fields.write(out, 1, key.getBytes(StandardCharsets.UTF_8));
        Fields.write(out, 2, value.getBytes(StandardCharsets.UTF_8));
        return out.toByteArray();
    }

    private byte[] graph(Fields fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(fields.length() + (1 << 16));
        while (fields.next()) {
            switch (fields.number()) {
                case GRAPH_INITIALISER -> initialiser(fields, out);
                case GRAPH_NODE -> node(fields, out);
                case GRAPH_INPUT -> input(fields, out);
                case GRAPH_VALUE_INFO -> {
                }
                default -> fields.copy(out);
            }
        }
        // What the nodes ask for is known only now; a field may come at any place, but nodes have an order.
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        edits.first().forEach(node -> Fields.write(first, GRAPH_NODE, node.bytes()));
        edits.added().forEach(
                (name, tensor) -> Fields.write(out, GRAPH_INITIALISER, TensorWriter.bytes(name, tensor)));
        first.writeBytes(out.toByteArray());
        return first.toByteArray();
    }

    private void initialiser(Fields fields, ByteArrayOutputStream out) {
        TensorProto proto = new TensorProto(message(fields, WireSchema.TENSOR));
        if (edits.dropped().contains(proto.name())) {
            missing.remove(proto.name());
            return;
        }
        Tensor renewed = tensors.get(proto.name());
        if (renewed == null && !proto.isExternal()) {
            fields.copy(out);
            return;
        }
        missing.remove(proto.name());
        Tensor tensor = renewed != null ? renewed
                : externals.read(proto, "tensor '" + ModelFormatException.printable(proto.name()) + "'");
        Fields.write(out, GRAPH_INITIALISER, TensorWriter.bytes(proto.name(), tensor));
    }

    /** A Constant node that gives a replaced tensor becomes an initialiser. */
    private void node(Fields fields, ByteArrayOutputStream out) {
        NodeProto node = NodeProto.of(message(fields, WireSchema.NODE));
        String name = node.outputs().size() == 1 && node.operator().equals("Constant") ? node.outputs().getFirst() : "";
        if (tensors.containsKey(name)) {
            missing.remove(name);
            Fields.write(out, GRAPH_INITIALISER, TensorWriter.bytes(name, tensors.get(name)));
        } else if (edits.dropped().contains(name)) {
            missing.remove(name);
        } else {
            List<OnnxEdits.WrittenNode> others = edits.others(node, fields.bytes());
            if (others == null) {
                fields.copy(out);
            } else {
                others.forEach(n -> Fields.write(out, GRAPH_NODE, n.bytes()));
            }
        }
    }

    /** Older files name initialisers as inputs too, with their shapes. */
    private void input(Fields fields, ByteArrayOutputStream out) {
        String name = message(fields, WireSchema.VALUE_INFO).text(1);
        if (edits.dropped().contains(name)) {
            return;
        }
        Tensor renewed = tensors.get(name);
        if (renewed == null) {
            fields.copy(out);
            return;
        }
        ByteArrayOutputStream shape = new ByteArrayOutputStream();
        for (int d : renewed.shape()) {
            ByteArrayOutputStream dimension = new ByteArrayOutputStream();
            Fields.write(dimension, 1, d);
            Fields.write(shape, 1, dimension.toByteArray());
        }
        ByteArrayOutputStream tensor = new ByteArrayOutputStream();
        Fields.write(tensor, 1, ElementTypes.number(renewed.type()));
        Fields.write(tensor, 2, shape.toByteArray());
        ByteArrayOutputStream type = new ByteArrayOutputStream();
        Fields.write(type, 1, tensor.toByteArray());
        ByteArrayOutputStream info = new ByteArrayOutputStream();
        Fields.write(info, 1, name.getBytes(StandardCharsets.UTF_8));
        Fields.write(info, 2, type.toByteArray());
        Fields.write(out, GRAPH_INPUT, info.toByteArray());
    }
}
