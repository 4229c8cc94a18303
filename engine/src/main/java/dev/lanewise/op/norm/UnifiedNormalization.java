package dev.lanewise.op.norm;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.Epilogue;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/**
 * Unified Normalization as inference sees it: {@code y = scale x / sqrt(secondMoment + epsilon) + bias} for each channel, no mean
 * taken off and nothing computed from x. Inputs: x {@code [..., c]}, then constants scale, bias and secondMoment {@code [c]} (of
 * checkpoints {@code weight}, {@code bias} and {@code running_var}, which despite its name is the mean of squares). The compiler
 * folds it into linear layers. Yang et al. 2022.
 *
 * @param epsilon added to the second moment; 1e-5 where a checkpoint does not say
 */
public record UnifiedNormalization(float epsilon) implements Lowerable {
    private static final int SCALE = 1;
    private static final int BIAS = 2;
    private static final int SECOND_MOMENT = 3;

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, DataType.FLOAT);
        Dim[] shape = in.shape(0);
        if (shape != null && shape.length == 0) {
            throw in.error("x with a channel axis", in.input(0).toString(), "give it rank 1 or more");
        }
        for (int i = SCALE; i <= SECOND_MOMENT; i++) {
            in.type(i, DataType.FLOAT);
            checkLength(in, i, shape == null ? null : shape[shape.length - 1]);
            for (float v : in.input(i).constant().floats()) {
                if (!Float.isFinite(v) || i == SECOND_MOMENT && !(v + (double) epsilon > 0 && v >= 0)) {
                    throw in.error(i == SECOND_MOMENT ? "second moments of 0 or more, and not 0 with epsilon 0"
                            : "finite parameters", v + " in input " + i, "convert the checkpoint anew");
                }
            }
        }
        return List.of(shape == null ? Fact.unknown(type) : Fact.of(type, shape));
    }

    private static void checkLength(Inference in, int i, Dim channels) {
        Tensor t = in.input(i).constant();
        if (t == null) {
            throw in.error("a constant as input " + i, in.input(i).toString(), "statistics are fixed once trained");
        }
        int expected = in.input(SCALE).constant().size();
        if (t.rank() != 1 || t.size() != expected
                || channels != null && channels.isConstant() && !channels.is(expected)) {
            throw in.error(
                    "input " + i + " of shape [" + (channels == null ? expected : channels)
                            + "], one element a channel",
                    t.toString(), "check the shapes");
        }
        if (channels != null) {
            in.assumeEqual(channels, Dim.constant(expected));
        }
    }

    /** What x is multiplied by: {@code scale / sqrt(secondMoment + epsilon)}, in double. */
    public double[] factors(Tensor scale, Tensor secondMoment) {
        double[] factors = new double[scale.size()];
        for (int c = 0; c < factors.length; c++) {
            factors[c] = scale.floats()[c] / Math.sqrt(secondMoment.floats()[c] + (double) epsilon);
        }
        return factors;
    }

    private Epilogue affine(Tensor scale, Tensor bias, Tensor secondMoment) {
        double[] exact = factors(scale, secondMoment);
        float[] rounded = new float[exact.length];
        for (int c = 0; c < exact.length; c++) {
            rounded[c] = (float) exact[c];
        }
        return new Epilogue(rounded, bias.floats(), null);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor y = Tensor.of(inputs[0].toFloatArray(), inputs[0].shape());
        int c = inputs[SCALE].size();
        new ScalarKernels().epilogue(c == 0 ? 0 : y.size() / c, c, y.floats(), 0, c,
                affine(inputs[SCALE], inputs[BIAS], inputs[SECOND_MOMENT]), 0, null, 0, null, 0, 0);
        return new Tensor[] {y};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        Tensor scale = at.constant(SCALE);
        Tensor bias = at.constant(BIAS);
        Tensor secondMoment = at.constant(SECOND_MOMENT);
        Epilogue affine = at.pack(List.of(scale, bias, secondMoment), "unified normalization " + epsilon,
                () -> affine(scale, bias, secondMoment));
        int x = at.input(0);
        int y = at.outputOver(0, 0);
        Kernels kernels = at.kernels();
        int n = scale.size();
        return () -> new RowBlocks(x, y, n, (rows, in, inAt, out, outAt) -> {
            if (in != out || inAt != outAt) {
                System.arraycopy(in, inAt, out, outAt, rows * n);
            }
            kernels.epilogue(rows, n, out, outAt, n, affine, 0, null, 0, null, 0, 0);
        });
    }
}
