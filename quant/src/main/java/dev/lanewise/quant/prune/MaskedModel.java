package dev.lanewise.quant.prune;
import dev.lanewise.DataType;
import dev.lanewise.KernelMode;
import dev.lanewise.Outputs;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.quant.calibration.Calibration;
import dev.lanewise.quant.calibration.Observed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model whose hidden neurons are multiplied by masks that each run gives: a neuron with 0 counts for nothing, as if it were cut out,
 * so that many widths are tried with one compiled graph.
 */
final class MaskedModel implements AutoCloseable {
    private static final String MASK = "mask of block ";

    private final Observed observed;
    private final Embedding embedding;
    private final int[][] order;

    /** @param order neurons of each block, the most important first */
    MaskedModel(Graph graph, List<FeedForwardBlock> blocks, int[][] order, Embedding embedding, KernelMode kernels) {
        this.embedding = embedding;
        this.order = order;
        Map<Value, Value> replacements = new IdentityHashMap<>();
        List<Value> inputs = new ArrayList<>(graph.inputs());
        for (int b = 0; b < blocks.size(); b++) {
            FeedForwardBlock block = blocks.get(b);
            Value mask = Value.input(MASK + b, Fact.of(DataType.FLOAT, Dim.constant(block.width())));
            Value masked = Node.of(mask.name(), new Binary(Binary.Function.MUL), block.hidden(), mask).output();
            Node last = block.last();
            List<Value> read = new ArrayList<>(last.inputs());
            read.set(0, masked);
            replacements.put(last.output(), Node.of(last.name(), last.operator(), read,
                    List.of(last.output().name())).output());
            inputs.add(mask);
        }
        Graph whole = Graph.of(graph.inputs(), List.of(Importance.output(graph, embedding)),
                List.of(embedding.output()));
        Graph masked = whole.replace(replacements);
        this.observed = Observed.of(Graph.of(inputs, masked.outputs(), masked.outputNames()), kernels);
    }

    /** Embeddings of the samples by the model with so many neurons of each block. */
    List<float[]> embeddings(List<Map<String, Tensor>> samples, int[] widths) {
        Map<String, Tensor> masks = new HashMap<>();
        for (int b = 0; b < order.length; b++) {
            float[] mask = new float[order[b].length];
            Arrays.stream(order[b]).limit(widths[b]).forEach(j -> mask[j] = 1);
            masks.put(MASK + b, Tensor.of(mask, mask.length));
        }
        List<Map<String, Tensor>> requests = new ArrayList<>();
        for (Map<String, Tensor> sample : samples) {
            Map<String, Tensor> request = new HashMap<>(sample);
            request.putAll(masks);
            requests.add(request);
        }
        List<Outputs> outputs = observed.run(requests);
        List<float[]> vectors = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            vectors.add(embedding.of(outputs.get(i).get(0), samples.get(i)));
        }
        return vectors;
    }

    /** The similarities within each batch. */
    List<Similarities> similarities(Calibration samples, double temperature, int[] widths) {
        return samples.batches().stream().map(b -> Similarities.of(embeddings(b, widths), temperature)).toList();
    }

    @Override
    public void close() {
        observed.close();
    }
}
