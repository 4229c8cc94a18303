package dev.lanewise.op.control;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Nested;
import dev.lanewise.op.shape.Gather;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * ONNX Scan-8 without lengths of sequences: states and scanned tensors have a batch as their first axis, and {@code scan} runs
 * for each entry of it by itself.
 *
 * @param scan its axes are those of one entry
 */
public record BatchedScan(Scan scan) implements Nested {
    @Override
    public List<Graph> graphs() {
        return scan.graphs();
    }

    @Override
    public int captures() {
        return scan.captures();
    }

    @Override
    public Nested with(List<Graph> graphs, int count) {
        return new BatchedScan((Scan) scan.with(graphs, count));
    }

    @Override
    public List<Graph> typed(List<Fact> facts) {
        return scan.typed(each(facts));
    }

    private List<Fact> each(List<Fact> facts) {
        List<Fact> each = new ArrayList<>(facts);
        for (int i = 0; i < facts.size() - captures(); i++) {
            Fact f = facts.get(i);
            each.set(i, f.hasShape() && f.rank() > 0
                    ? Fact.of(f.type(), Arrays.copyOfRange(f.shape(), 1, f.rank())) : f.withoutShape());
        }
        return each;
    }

    @Override
    public List<Fact> infer(Inference in) {
        if (in.count() != scan.body().inputs().size() || in.input(0).hasShape() && in.input(0).rank() == 0) {
            throw in.error("a body of " + in.count() + " inputs, and a batch as the first axis of each",
                    scan.body().inputs().size() + " inputs, and " + in.input(0), "correct the body");
        }
        List<Fact> facts = new ArrayList<>();
        scan.typed(each(in.facts())).getFirst().outputs().forEach(v -> facts.add(v.fact().withoutShape()));
        return facts;
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs, Calls calls) {
        int batch = inputs[0].rank() == 0 ? 0 : inputs[0].dim(0);
        if (batch == 0) {
            throw new InvalidInputException(null, "a batch of one or more", inputs[0].toString(), "give an entry");
        }
        Stacking[] stacked = new Stacking[scan.body().outputs().size()];
        Arrays.setAll(stacked, i -> new Stacking(0, false));
        for (int b = 0; b < batch; b++) {
            Tensor[] entry = inputs.clone();
            for (int i = 0; i < inputs.length - captures(); i++) {
                entry[i] = new Gather(0).evaluate(new Tensor[] {inputs[i], Tensor.scalar((long) b)})[0];
            }
            Tensor[] out = scan.evaluate(entry, calls);
            for (int i = 0; i < out.length; i++) {
                stacked[i].add(out[i]);
            }
        }
        return Arrays.stream(stacked).map(s -> s.stack(null)).toArray(Tensor[]::new);
    }
}
