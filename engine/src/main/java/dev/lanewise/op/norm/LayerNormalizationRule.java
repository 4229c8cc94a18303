package dev.lanewise.op.norm;

import dev.lanewise.DataType;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Patch;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.Value;
import dev.lanewise.op.Pattern;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.reduce.Reduce;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Recognises layer normalisation over the last axis as exporters write it out: {@code d = x - mean(x)}, then
 * {@code d / sqrt(mean(d²) + epsilon) * scale + bias}, with the square as Pow or Mul.
 */
public final class LayerNormalizationRule implements Rule {
    @Override
    public Patch match(Node node, Map<Value, List<Node>> uses) {
        if (!Pattern.isBinary(node, Binary.Function.ADD)) {
            return null;
        }
        for (int side = 0; side < 2; side++) {
            Value bias = node.input(1 - side);
            Node scaled = node.input(side).producer();
            if (!bias.isConstant() || !Pattern.isBinary(scaled, Binary.Function.MUL)) {
                continue;
            }
            for (int s = 0; s < 2; s++) {
                Patch patch = normalised(node, scaled.input(s).producer(), scaled.input(1 - s), bias);
                if (patch != null) {
                    return patch;
                }
            }
        }
        return null;
    }

    private static Patch normalised(Node root, Node division, Value scale, Value bias) {
        if (!scale.isConstant() || !Pattern.isBinary(division, Binary.Function.DIV)) {
            return null;
        }
        Node centred = division.input(0).producer();
        Node deviation = division.input(1).producer();
        if (!Pattern.isBinary(centred, Binary.Function.SUB) || !Pattern.isUnary(deviation, Unary.Function.SQRT)) {
            return null;
        }
        Value x = centred.input(0);
        if (!isMeanOf(centred.input(1).producer(), x)) {
            return null;
        }
        Node variance = deviation.input(0).producer();
        if (!Pattern.isBinary(variance, Binary.Function.ADD)) {
            return null;
        }
        Float epsilon = Pattern.scalar(variance.input(1));
        Node mean = variance.input(0).producer();
        if (epsilon == null || mean == null || !(mean.operator() instanceof Reduce)
                || !isSquareOf(mean.input(0), centred.output())
                || !isMeanOf(mean, mean.input(0)) || !fits(x, scale) || !fits(x, bias)) {
            return null;
        }
        return Patch.replace(root.output(), Node.of(root.name(), new LayerNormalization(-1, epsilon),
                Arrays.asList(x, scale, bias), List.of(root.output().name())).output());
    }

    private static boolean fits(Value x, Value parameter) {
        return x.fact().hasShape() && x.fact().type() == DataType.FLOAT && x.fact().rank() > 0
                && parameter.fact().rank() == 1
                && parameter.fact().shape()[0].equals(x.fact().shape()[x.fact().rank() - 1]);
    }

    private static boolean isMeanOf(Node n, Value x) {
        return n != null && n.operator() instanceof Reduce r && r.function() == Reduce.Function.MEAN && r.keepDims()
                && n.input(0) == x && Pattern.isLastAxis(n.input(1), x);
    }

    private static boolean isSquareOf(Value square, Value x) {
        Node n = square.producer();
        if (Pattern.isBinary(n, Binary.Function.MUL)) {
            return n.input(0) == x && n.input(1) == x;
        }
        return Pattern.isBinary(n, Binary.Function.POW) && n.input(0) == x && Pattern.isScalar(n.input(1), 2f);
    }
}
