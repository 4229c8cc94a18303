package dev.lanewise.loaders.onnx;

import dev.lanewise.ModelFormatException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Nodes in an order where each comes after the producers of its inputs. The standard asks files to be so ordered already,
 * and not all are. A name produced twice, a name that nothing produces, and a cycle are errors.
 */
final class NodeOrder {
    private NodeOrder() {
    }

    /** {@code given} are the names that are there before any node runs. */
    static List<NodeProto> sorted(List<NodeProto> nodes, Scope given) {
        Map<String, Integer> producers = producers(nodes, given);
        List<List<Integer>> readers = new ArrayList<>();
        int[] missing = new int[nodes.size()];
        nodes.forEach(n -> readers.add(new ArrayList<>(1)));
        for (int i = 0; i < nodes.size(); i++) {
            List<String> reads = new ArrayList<>(nodes.get(i).inputs());
            reads.addAll(FreeNames.of(nodes.get(i)));
            for (String input : reads) {
                Integer producer = producers.get(input);
                if (input.isEmpty() || producer == null && given.has(input)) {
                    continue;
                }
                if (producer == null) {
                    throw error(nodes.get(i), "inputs that a node, input or initialiser produces",
                            "'" + printable(input) + "'");
                }
                missing[i]++;
                readers.get(producer).add(i);
            }
        }
        return order(nodes, readers, missing);
    }

    private static Map<String, Integer> producers(List<NodeProto> nodes, Scope given) {
        Map<String, Integer> producers = new HashMap<>();
        for (int i = 0; i < nodes.size(); i++) {
            for (String output : nodes.get(i).outputs()) {
                if (!output.isEmpty() && (given.defines(output) || producers.put(output, i) != null)) {
                    throw error(nodes.get(i), "outputs with names of their own",
                            "'" + printable(output) + "' a second time");
                }
            }
        }
        return producers;
    }

    private static List<NodeProto> order(List<NodeProto> nodes, List<List<Integer>> readers, int[] missing) {
        List<NodeProto> ordered = new ArrayList<>(nodes.size());
        Deque<Integer> ready = new ArrayDeque<>();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            if (missing[i] == 0) {
                ready.push(i);
            }
        }
        while (!ready.isEmpty()) {
            int next = ready.pop();
            ordered.add(nodes.get(next));
            for (int reader : readers.get(next)) {
                if (--missing[reader] == 0) {
                    ready.push(reader);
                }
            }
        }
        for (int i = 0; i < missing.length; i++) {
            if (missing[i] > 0) {
                throw error(nodes.get(i), "a graph without cycles", "a node that needs its own output");
            }
        }
        return ordered;
    }

    private static String printable(String name) {
        return ModelFormatException.printable(name);
    }

    private static ModelFormatException error(NodeProto node, String expected, String found) {
        return new ModelFormatException(null,
                "node '" + printable(node.name()) + "' (" + printable(node.operator()) + ")",
                expected, found, "correct the model file");
    }
}
