package dev.lanewise.quant.prune;
import dev.lanewise.KernelMode;
import dev.lanewise.Outputs;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.Elements;
import dev.lanewise.quant.calibration.Calibration;
import dev.lanewise.quant.calibration.Cholesky;
import dev.lanewise.quant.calibration.Moments;
import dev.lanewise.quant.calibration.Observed;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Refits what is left of each block to what the block gave before, in closed form. With covariances C of the hidden neurons over all
 * tokens, S those that are kept and R the others, the weights W of the second layer and its bias become
 *
 * <pre>
 * W'S = WS + (C_SS + r I)^-1 C_SR WR,      b' = b + mean_R WR - mean_S (W'S - WS)
 * </pre>
 *
 * which is ridge regression that is drawn to the weights as they are; r is a share of the mean variance. A token counts by the inverse
 * square of what the block gives it: separators may get a hundred times as much as words, and would be all that is fitted. Blocks are
 * refitted first to last, each on what the blocks before it, cut and refitted, give it. A block without a bias of its own is refitted without means.
 */
final class Repair {
    private Repair() {
    }

    /** @param order neurons of each block, the kept ones first */
    static Selection run(Graph graph, List<FeedForwardBlock> blocks, int[][] order, int[] widths,
            Calibration calibration, double ridge, KernelMode kernels) {
        Map<Value, Tensor> changed = new IdentityHashMap<>();
        for (int b = 0; b < blocks.size(); b++) {
            FeedForwardBlock block = blocks.get(b);
            int[] kept = Arrays.copyOf(order[b], widths[b]);
            if (widths[b] < block.width()) {
                Moments moments = observe(graph, changed, block, calibration, kernels);
                refit(block, moments, order[b], widths[b], ridge, changed);
            }
            for (NeuronAxis n : block.neurons()) {
                changed.computeIfAbsent(n.constant(), c -> n.select(kept));
            }
        }
        return Selection.of(graph, changed);
    }

    private static Moments observe(Graph graph, Map<Value, Tensor> changed, FeedForwardBlock block,
            Calibration calibration, KernelMode kernels) {
        // The blocks before it are cut already, it and those after it are whole; names tell it in the rebuilt graph.
        Value output = block.last().outputs().getFirst();
        Graph toBlock = Graph.of(graph.inputs(), List.of(block.hidden(), output), List.of("hidden", "output"));
        Map<Value, Value> replacements = new IdentityHashMap<>();
        changed.forEach((old, renewed) -> replacements.put(old, Value.constant(old.name(), renewed)));
        Moments moments = new Moments(block.width(), kernels);
        try (Observed observed = Observed.of(toBlock.replace(replacements), kernels)) {
            for (Map<String, Tensor> sample : calibration.all()) {
                Outputs values = observed.run(sample);
                moments.addWeighted(values.get(0).floats(), weights(values.get(1)));
            }
        }
        return moments;
    }

    /** @param output {@code [..., outputs]} */
    private static float[] weights(Tensor output) {
        float[] y = output.floats();
        int outputs = output.shape()[output.rank() - 1];
        float[] weights = new float[y.length / outputs];
        for (int t = 0; t < weights.length; t++) {
            double squares = 0;
            for (int o = 0; o < outputs; o++) {
                squares += (double) y[t * outputs + o] * y[t * outputs + o];
            }
            weights[t] = squares > 0 ? (float) (outputs / squares) : 0;
        }
        return weights;
    }

    private static void refit(FeedForwardBlock block, Moments moments, int[] order, int kept, double ridge,
            Map<Value, Tensor> changed) {
        boolean centred = block.bias() != null;
        OutgoingWeights w = OutgoingWeights.of(block);
        int outputs = w.outputs();
        double[][] c = new double[kept][kept];
        double variance = 0;
        for (int i = 0; i < kept; i++) {
            for (int j = 0; j < kept; j++) {
                c[i][j] = moments.covariance(order[i], order[j], centred);
            }
            variance += c[i][i] / kept;
        }
        for (int i = 0; i < kept; i++) {
            c[i][i] += ridge * variance + Double.MIN_NORMAL;
        }
        double[][] change = new double[kept][outputs];
        for (int r = kept; r < order.length; r++) {
            for (int i = 0; i < kept; i++) {
                double shared = moments.covariance(order[i], order[r], centred);
                for (int o = 0; o < outputs; o++) {
                    change[i][o] += shared * w.get(order[r], o);
                }
            }
        }
        Cholesky.of(c).solve(change);
        if (centred) {
            changed.put(block.bias(), bias(block.bias().fact().constant(), moments, order, kept, w, change));
        }
        for (int i = 0; i < kept; i++) {
            for (int o = 0; o < outputs; o++) {
                change[i][o] += w.get(order[i], o);
            }
        }
        changed.put(block.second().constant(), w.laidOut(change));
    }

    private static Tensor bias(Tensor bias, Moments moments, int[] order, int kept, OutgoingWeights w,
            double[][] change) {
        float[] renewed = Elements.floats(bias).clone();
        for (int o = 0; o < renewed.length; o++) {
            double lost = 0;
            for (int r = kept; r < order.length; r++) {
                lost += moments.mean(order[r]) * w.get(order[r], o);
            }
            for (int i = 0; i < kept; i++) {
                lost -= moments.mean(order[i]) * change[i][o];
            }
            renewed[o] += (float) lost;
        }
        return Tensor.of(renewed, bias.shape());
    }
}
