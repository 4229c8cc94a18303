package dev.lanewise.cli;

import dev.lanewise.LanewiseException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A graph in numbers.
 *
 * @param operators how often each operator occurs, by name
 * @param constants constant tensors
 * @param parameters their elements
 * @param parameterBytes what the elements take in memory
 */
record GraphSummary(int nodes, Map<String, Integer> operators, int constants, long parameters, long parameterBytes) {
    static GraphSummary of(Graph graph) {
        Map<String, Integer> operators = new TreeMap<>();
        graph.nodes().forEach(n -> operators.merge(n.operator().name(), 1, Integer::sum));
        List<Tensor> tensors = graph.constants().stream().map(v -> v.fact().constant()).toList();
        return new GraphSummary(graph.nodes().size(), operators, tensors.size(),
                tensors.stream().mapToLong(Tensor::size).sum(),
                tensors.stream().mapToLong(t -> (long) t.size() * t.type().storage().bytes()).sum());
    }

    /** A line a node: operator, outputs with their types, inputs. */
    static Table listing(Graph graph) {
        Table table = new Table("l").row("operator", "outputs", "inputs");
        for (Node n : graph.nodes()) {
            table.row(LanewiseException.printable(n.operator().name()),
                    LanewiseException.printable(names(n.outputs(), true)),
                    LanewiseException.printable(names(n.inputs(), false)));
        }
        return table;
    }

    private static String names(List<Value> values, boolean typed) {
        return String.join(", ",
                values.stream().map(v -> v == null ? "-" : typed ? v.toString() : v.name()).toList());
    }

    static List<Map<String, Object>> nodeList(Graph graph) {
        return graph.nodes().stream().map(n -> {
            Map<String, Object> node = new LinkedHashMap<>();
            node.put("name", n.name());
            node.put("operator", n.operator().name());
            node.put("inputs", n.inputs().stream().map(v -> v == null ? null : v.name()).toList());
            Map<String, Object> outputs = new LinkedHashMap<>();
            n.outputs().forEach(v -> outputs.put(v.name(), v.fact().toString()));
            node.put("outputs", outputs);
            return node;
        }).toList();
    }
}
