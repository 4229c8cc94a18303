package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.FuzzModel.Unit;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import dev.lanewise.op.Elements;

import java.util.Map;
import java.util.TreeMap;

/** Counts over many random graphs. */
final class FuzzTally {
    private final Map<String, int[]> operators = new TreeMap<>();
    private final Map<String, Integer> refusals = new TreeMap<>();
    private final Map<String, Integer> explained = new TreeMap<>();
    private final Map<String, Integer> invalid = new TreeMap<>();
    /** Of integers that are rounded results: how many were compared, and how many were one off. */
    private final Map<String, long[]> steps = new TreeMap<>();
    private int graphs;
    private int units;

    /** What can become of a node. */
    enum Fate {
        AGREED, EXPLAINED, REFUSED_THERE, INVALID
    }

    void graph(int count) {
        graphs++;
        units += count;
    }

    void count(Unit unit, Fate fate) {
        for (NodeProto n : unit.nodes()) {
            String name = (n.getDomain().isEmpty() ? "" : n.getDomain() + ".") + n.getOpType();
            operators.computeIfAbsent(name, k -> new int[Fate.values().length])[fate.ordinal()]++;
        }
    }

    void refusal(Unit unit, String message) {
        count(unit, Fate.REFUSED_THERE);
        refusals.merge(unit.operators() + ": " + message, 1, Integer::sum);
    }

    void invalid(Unit unit, String message) {
        count(unit, Fate.INVALID);
        invalid.merge(unit.operators() + ": " + message, 1, Integer::sum);
    }

    void explained(String why) {
        explained.merge(why, 1, Integer::sum);
    }

    /** Counts integers of an output that are rounded results. */
    void steps(FuzzModel model, String output, Tensor found) {
        Tensor expected = model.values().get(output).tensor();
        Unit unit = model.maker(output);
        boolean halves =
                model.part(unit).leaves().values().stream().anyMatch(l -> l.tensor().type() == DataType.FLOAT16);
        long[] counts = steps.computeIfAbsent(unit.operators().contains("DequantizeLinear")
                ? "float operators between codes" : unit.operators() + (halves ? " of FLOAT16" : ""), k -> new long[2]);
        for (int i = 0; i < expected.size(); i++) {
            counts[0]++;
            counts[1] += Elements.integer(expected.type(), expected.array(), i)
                    == Elements.integer(found.type(), found.array(), i) ? 0 : 1;
        }
    }

    int graphs() {
        return graphs;
    }

    Map<String, int[]> operators() {
        return operators;
    }

    Map<String, Integer> refusals() {
        return refusals;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(graphs + " graphs, " + units + " nodes, " + operators.size()
                + " operators\n| operator | agree | explained | ONNX Runtime refuses | not valid |\n"
                + "| --- | --- | --- | --- | --- |\n");
        operators.forEach((name, counts) -> {
            text.append("| ").append(name);
            for (int c : counts) {
                text.append(" | ").append(c);
            }
            text.append(" |\n");
        });
        text.append("\nexplained\n");
        explained.forEach((why, count) -> text.append(count).append(' ').append(why).append('\n'));
        text.append("\nrounded integers, those one off\n");
        steps.forEach((what, c) -> text.append(c[0]).append(' ').append(c[1]).append(' ').append(what).append('\n'));
        text.append("\nrefused by ONNX Runtime\n");
        refusals.forEach((what, count) -> text.append(count).append(' ').append(what).append('\n'));
        text.append("\nrefused by both\n");
        invalid.forEach((what, count) -> text.append(count).append(' ').append(what).append('\n'));
        return text.toString();
    }
}
