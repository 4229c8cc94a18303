package dev.lanewise.op.adaptive;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.kernel.PackedWeights;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * How many learners each token gets in adaptive computation modules that read the same z: for module i
 * {@code least(i) + argmax_j (z G_i + g_i)_j}, the lowest j of equal ones; a NaN is above nothing. Inputs: z {@code [..., d]}, then for
 * each module a constant gate {@code [d, choices_i]}, then for each a constant {@code [choices_i]}, all FLOAT. Outputs: for each module
 * INT32 {@code [...]}. Gates of linear layers in a row become one by {@link FoldedGate}. Wójcik et al. 2023.
 *
 * @param least for each module the number that its first choice stands for, 0 or 1
 * @param skipLast as the released code runs: of the highest number in the batch one learner less, which makes the result of a token
 *        depend on the others
 */
public record LearnerGate(List<Integer> least, boolean skipLast) implements Lowerable {
    public LearnerGate {
        least = List.copyOf(least);
    }

    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, DataType.FLOAT);
        Dim[] z = in.shape(0);
        for (int m = 0; m < least.size(); m++) {
            Tensor gate = constant(in, 1 + m);
            Tensor bias = constant(in, 1 + least.size() + m);
            if (gate.rank() != 2 || gate.dim(1) == 0 || bias.rank() != 1 || bias.size() != gate.dim(1)
                    || z != null
                            && (z.length == 0 || z[z.length - 1].isConstant() && !z[z.length - 1].is(gate.dim(0)))) {
                throw in.error("a gate [d, choices] for x [..., d] and a bias [choices]",
                        gate + " and " + bias + " for " + in.input(0), "check the shapes");
            }
            if (z != null) {
                in.assumeEqual(z[z.length - 1], Dim.constant(gate.dim(0)));
            }
        }
        Fact levels =
                z == null ? Fact.unknown(DataType.INT32) : Fact.of(DataType.INT32, Arrays.copyOf(z, z.length - 1));
        return least.stream().map(l -> levels).toList();
    }

    private static Tensor constant(Inference in, int i) {
        in.type(i, DataType.FLOAT);
        if (in.input(i).constant() == null) {
            throw in.error("a constant as input " + i, in.input(i).toString(), "gates are fixed once trained");
        }
        return in.input(i).constant();
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor z = inputs[0];
        int[] shape = Arrays.copyOf(z.shape(), z.rank() - 1);
        int d = z.dim(z.rank() - 1);
        Tensor[] out = new Tensor[least.size()];
        for (int m = 0; m < out.length; m++) {
            float[] gate = inputs[1 + m].floats();
            float[] bias = inputs[1 + least.size() + m].floats();
            int[] levels = new int[Tensor.sizeOf(shape)];
            for (int t = 0; t < levels.length; t++) {
                float[] logits = new float[bias.length];
                for (int j = 0; j < logits.length; j++) {
                    float sum = 0;
                    for (int i = 0; i < d; i++) {
                        sum = Math.fma(z.floats()[t * d + i], gate[i * bias.length + j], sum);
                    }
                    logits[j] = sum + bias[j];
                }
                levels[t] = least.get(m) + highest(logits, 0, logits.length);
            }
            if (skipLast) {
                skipLast(levels, 0, levels.length);
            }
            out[m] = Tensor.of(levels, shape);
        }
        return out;
    }

    /** The first of the largest elements, counted from {@code at}. */
    static int highest(float[] logits, int at, int n) {
        int best = 0;
        float most = logits[at];
        for (int j = 1; j < n; j++) {
            float logit = logits[at + j];
            best = logit > most ? j : best;
            most = logit > most ? logit : most;
        }
        return best;
    }

    static void skipLast(int[] levels, int at, int n) {
        int most = 0;
        for (int t = at; t < at + n; t++) {
            most = Math.max(most, levels[t]);
        }
        for (int t = at; t < at + n; t++) {
            levels[t] = Math.min(levels[t], Math.max(0, most - 1));
        }
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        List<Tensor> gates = new ArrayList<>();
        List<Tensor> biases = new ArrayList<>();
        for (int m = 0; m < least.size(); m++) {
            gates.add(at.constant(1 + m));
            biases.add(at.constant(1 + least.size() + m));
        }
        PackedWeights packed = at.pack(gates, "whole halves", () -> PackedMatrix.pack(wholeHalves(gates)));
        float[] bias = at.pack(biases, "joined", () -> joined(biases));
        int[] choices = gates.stream().mapToInt(g -> g.dim(1)).toArray();
        int[] first = least.stream().mapToInt(Integer::intValue).toArray();
        int z = at.input(0);
        int[] levels = IntStream.range(0, first.length).map(at::output).toArray();
        return () -> new LearnerGateStep(at.kernels(), z, levels, packed, bias, choices, first, skipLast);
    }

    /** With columns of zeros behind the gates': less than half of a panel takes masks, which AVX2 does not have. */
    private static List<Tensor> wholeHalves(List<Tensor> gates) {
        int columns = gates.stream().mapToInt(g -> g.dim(1)).sum();
        List<Tensor> all = new ArrayList<>(gates);
        int padded = Learners.halves(columns);
        if (padded > columns) {
            all.add(Tensor.zeros(DataType.FLOAT, gates.getFirst().dim(0), padded - columns));
        }
        return all;
    }

    private static float[] joined(List<Tensor> parts) {
        int size = parts.stream().mapToInt(Tensor::size).sum();
        float[] all = new float[Math.ceilDiv(size, PackedMatrix.PANEL) * PackedMatrix.PANEL];
        int at = 0;
        for (Tensor part : parts) {
            System.arraycopy(part.floats(), 0, all, at, part.size());
            at += part.size();
        }
        return all;
    }
}
