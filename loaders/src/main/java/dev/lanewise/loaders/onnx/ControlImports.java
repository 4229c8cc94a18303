package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.control.BatchedScan;
import dev.lanewise.op.control.If;
import dev.lanewise.op.control.Loop;
import dev.lanewise.op.control.Scan;
import java.util.ArrayList;
import java.util.List;

/** Importers of the operators that run graphs. */
final class ControlImports {
    private ControlImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "If" -> ControlImports::choice;
            case "Loop" -> ControlImports::loop;
            case "Scan" -> n -> n.opset() < 9 ? batchedScan(n) : scan(n);
            default -> null;
        };
    }

    private static List<Value> choice(OnnxNode n) {
        Subgraphs branches = n.graphs(false, List.of(), "then_branch", "else_branch");
        return n.node(new If(branches.graphs().get(0), branches.graphs().get(1), branches.captures().size()),
                with(List.of(n.required(0)), branches));
    }

    private static List<Value> loop(OnnxNode n) {
        List<Value> inputs = new ArrayList<>();
        List<Fact> given = new ArrayList<>(List.of(Fact.of(DataType.INT64), Fact.of(DataType.BOOL)));
        inputs.add(n.input(0));
        inputs.add(n.input(1));
        for (int i = 2; i < n.inputCount(); i++) {
            inputs.add(n.required(i));
            given.add(n.input(i).fact().withoutShape());
        }
        Subgraphs body = n.graphs(true, given, "body");
        return n.node(new Loop(body.graphs().getFirst(), inputs.size() - 2, body.captures().size()),
                with(inputs, body));
    }

    private static List<Value> scan(OnnxNode n) {
        int scanned = Math.toIntExact(n.requiredInteger("num_scan_inputs"));
        int states = n.inputCount() - scanned;
        if (scanned < 1 || states < 0) {
            throw n.error("num_scan_inputs in [1, " + n.inputCount() + "]", Integer.toString(scanned),
                    "correct the attribute");
        }
        List<Value> inputs = new ArrayList<>();
        List<Fact> given = new ArrayList<>();
        for (int i = 0; i < n.inputCount(); i++) {
            inputs.add(n.required(i));
            given.add(n.input(i).fact().withoutShape());
        }
        Subgraphs body = n.graphs(true, given, "body");
        int stacked = body.graphs().getFirst().outputs().size() - states;
        Scan scan = new Scan(body.graphs().getFirst(), states,
                ways(n, "scan_input_axes", "scan_input_directions", scanned),
                ways(n, "scan_output_axes", "scan_output_directions", stacked), body.captures().size());
        return n.node(scan, with(inputs, body));
    }

    /** Version 8 scans the second axis, for each entry of the first by itself. */
    private static List<Value> batchedScan(OnnxNode n) {
        int scanned = Math.toIntExact(n.requiredInteger("num_scan_inputs"));
        int states = n.inputCount() - 1 - scanned;
        if (n.input(0) != null) {
            throw n.unsupported("with sequence_lens");
        }
        if (scanned < 1 || states < 0) {
            throw n.error("num_scan_inputs in [1, " + (n.inputCount() - 1) + "]", Integer.toString(scanned),
                    "correct the attribute");
        }
        List<Value> inputs = new ArrayList<>();
        List<Fact> given = new ArrayList<>();
        for (int i = 1; i < n.inputCount(); i++) {
            inputs.add(n.required(i));
            given.add(n.input(i).fact().withoutShape());
        }
        Subgraphs body = n.graphs(true, given, "body");
        Graph each = body.graphs().getFirst();
        int stacked = each.outputs().size() - states;
        List<Scan.Way> outs = ways(n, "", "", stacked);
        return n.node(new BatchedScan(new Scan(each, states, ways(n, "", "directions", scanned), outs,
                body.captures().size())), with(inputs, body));
    }

    private static List<Scan.Way> ways(OnnxNode n, String axes, String directions, int count) {
        long[] at = n.integers(axes);
        long[] reversed = n.integers(directions);
        if (count < 0 || at != null && at.length != count || reversed != null && reversed.length != count) {
            throw n.error(count + " axes and directions", "others", "give one for each tensor");
        }
        List<Scan.Way> ways = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ways.add(new Scan.Way(at == null ? 0 : Math.toIntExact(at[i]), reversed != null && reversed[i] != 0));
        }
        return ways;
    }

    static Value[] with(List<Value> inputs, Subgraphs graphs) {
        List<Value> all = new ArrayList<>(inputs);
        all.addAll(graphs.captures());
        return all.toArray(Value[]::new);
    }
}
