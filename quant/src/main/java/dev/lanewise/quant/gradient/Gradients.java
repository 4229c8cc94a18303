package dev.lanewise.quant.gradient;

import dev.lanewise.Tensor;
import dev.lanewise.op.attention.MultiHeadAttention;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Cast;
import dev.lanewise.op.elementwise.Clip;
import dev.lanewise.op.elementwise.Gelu;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.linear.Gemm;
import dev.lanewise.op.linear.MatMul;
import dev.lanewise.op.logic.Where;
import dev.lanewise.op.nn.Conv;
import dev.lanewise.op.norm.Dropout;
import dev.lanewise.op.norm.LayerNormalization;
import dev.lanewise.op.norm.RMSNormalization;
import dev.lanewise.op.reduce.LogSoftmax;
import dev.lanewise.op.reduce.Reduce;
import dev.lanewise.op.reduce.Softmax;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.op.shape.DepthToSpace;
import dev.lanewise.op.shape.Expand;
import dev.lanewise.op.shape.Flatten;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.op.shape.GatherElements;
import dev.lanewise.op.shape.GatherND;
import dev.lanewise.op.shape.Identity;
import dev.lanewise.op.shape.Reshape;
import dev.lanewise.op.shape.Slice;
import dev.lanewise.op.shape.SpaceToDepth;
import dev.lanewise.op.shape.Split;
import dev.lanewise.op.shape.Squeeze;
import dev.lanewise.op.shape.Tile;
import dev.lanewise.op.shape.Transpose;
import dev.lanewise.op.shape.Unsqueeze;

/** The rule of each operator: from the gradients of its outputs those of its inputs. */
final class Gradients {
    private Gradients() {
    }

    /**
     * Gradients by input; those that are not wanted may be null or not.
     *
     * @throws MissingGradientException where there is no rule for the operator or this form of it
     */
    static Tensor[] of(Site s) {
        return switch (s.node().operator()) {
            case MatMul op -> LinearGradients.matMul(s);
            case Gemm op -> LinearGradients.gemm(op, s);
            case Binary(Binary.Function f) -> ElementwiseGradients.binary(f, s);
            case Unary(Unary.Function f) -> ElementwiseGradients.unary(f, s);
            case Gelu op -> ElementwiseGradients.gelu(op, s);
            case Clip op -> ElementwiseGradients.clip(s);
            case Cast op -> ElementwiseGradients.cast(op, s);
            case LayerNormalization op -> NormGradients.layer(op, s);
            case RMSNormalization op -> NormGradients.rms(op, s);
            case Softmax op -> NormGradients.softmax(op.axis(), false, s);
            case LogSoftmax op -> NormGradients.softmax(op.axis(), true, s);
            case Reduce op -> ReduceGradients.reduce(op, s);
            case Reshape op -> MovementGradients.reshaped(s);
            case Flatten op -> MovementGradients.reshaped(s);
            case Squeeze op -> MovementGradients.reshaped(s);
            case Unsqueeze op -> MovementGradients.reshaped(s);
            case Identity op -> MovementGradients.reshaped(s);
            case Dropout op when s.in(2) == null -> MovementGradients.reshaped(s);
            case Transpose op -> MovementGradients.moved(s, 0, 1);
            case Slice op -> MovementGradients.moved(s, 0, 1);
            case Split op -> MovementGradients.moved(s, 0, 1);
            case Expand op -> MovementGradients.moved(s, 0, 1);
            case Tile op -> MovementGradients.moved(s, 0, 1);
            case Gather op -> MovementGradients.moved(s, 0, 1);
            case GatherElements op -> MovementGradients.moved(s, 0, 1);
            case GatherND op -> MovementGradients.moved(s, 0, 1);
            case DepthToSpace op -> MovementGradients.moved(s, 0, 1);
            case SpaceToDepth op -> MovementGradients.moved(s, 0, 1);
            case Concat op -> MovementGradients.moved(s, 0, s.in().length);
            case Where op -> MovementGradients.moved(s, 1, 2);
            case Conv op -> ConvGradients.image(op, s);
            case MultiHeadAttention op -> AttentionGradients.attention(op, s);
            default -> throw s.missing("none for " + s.node().operator().name());
        };
    }
}
