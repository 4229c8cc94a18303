package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Value;
import dev.lanewise.op.sequence.ConcatFromSequence;
import dev.lanewise.op.sequence.Optional;
import dev.lanewise.op.sequence.OptionalGetElement;
import dev.lanewise.op.sequence.OptionalHasElement;
import dev.lanewise.op.sequence.SequenceAt;
import dev.lanewise.op.sequence.SequenceConstruct;
import dev.lanewise.op.sequence.SequenceEmpty;
import dev.lanewise.op.sequence.SequenceErase;
import dev.lanewise.op.sequence.SequenceInsert;
import dev.lanewise.op.sequence.SequenceLength;
import dev.lanewise.op.sequence.SequenceMap;
import dev.lanewise.op.sequence.SplitToSequence;
import java.util.ArrayList;
import java.util.List;

/** Importers of the operators on sequences and optionals. */
final class SequenceImports {
    private static final int FLOAT = 1;

    private SequenceImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "SequenceConstruct" -> n -> n.node(new SequenceConstruct());
            case "SequenceEmpty" -> n -> n.node(new SequenceEmpty(
                    ElementTypes.of(Math.toIntExact(n.integer("dtype", FLOAT)), "attribute 'dtype'")));
            case "SequenceAt" -> n -> n.node(new SequenceAt());
            case "SequenceInsert" -> n -> n.node(new SequenceInsert());
            case "SequenceErase" -> n -> n.node(new SequenceErase());
            case "SequenceLength" -> n -> n.node(new SequenceLength());
            case "SplitToSequence" -> n -> n.node(new SplitToSequence(Math.toIntExact(n.integer("axis", 0)),
                    n.integer("keepdims", 1) != 0));
            case "ConcatFromSequence" -> n -> n.node(new ConcatFromSequence(
                    Math.toIntExact(n.requiredInteger("axis")), n.integer("new_axis", 0) != 0));
            case "SequenceMap" -> SequenceImports::map;
            case "Optional" -> n -> n.node(new Optional(n.input(0) == null ? n.type("type") : null));
            case "OptionalHasElement" -> n -> n.node(new OptionalHasElement());
            case "OptionalGetElement" -> n -> n.node(new OptionalGetElement());
            default -> null;
        };
    }

    private static List<Value> map(OnnxNode n) {
        List<Value> inputs = new ArrayList<>();
        List<Fact> given = new ArrayList<>();
        for (int i = 0; i < n.inputCount(); i++) {
            Fact fact = n.required(i).fact();
            inputs.add(n.input(i));
            given.add(fact.type() == DataType.SEQUENCE ? fact.element() : fact.withoutShape());
        }
        Subgraphs body = n.graphs(true, given, "body");
        return n.node(new SequenceMap(body.graphs().getFirst(), body.captures().size()),
                ControlImports.with(inputs, body));
    }
}
