package dev.lanewise.op.loss;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import dev.lanewise.op.shape.Layout;
import java.util.List;

/**
 * ONNX NegativeLogLikelihoodLoss-22. Inputs: log probabilities {@code [n, c, ...]}, classes {@code [n, ...]} (INT32 or INT64),
 * optional weights of the classes {@code [c]}. Output: the loss of each entry {@code [n, ...]}, or their sum or mean, a scalar.
 *
 * @param ignored class whose entries count nothing, or null
 */
public record NegativeLogLikelihoodLoss(Kind kind, Long ignored) implements Operator {
    /** What is made of the losses of all entries; the mean is over the weights. */
    public enum Kind {
        NONE, SUM, MEAN
    }

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, Elements.floats());
        in.type(1, DataType.INT32, DataType.INT64);
        if (in.has(2)) {
            in.sameType(0, 2);
        }
        Dim[] x = in.shape(0);
        Dim[] classes = in.shape(1);
        if (x != null && x.length < 2) {
            throw in.error("log probabilities of rank 2 or more", in.input(0).toString(), "add the axis of classes");
        }
        if (x != null && classes != null) {
            if (classes.length != x.length - 1) {
                throw in.error("classes of rank " + (x.length - 1), in.input(1).toString(), "reshape them");
            }
            for (int a = 0; a < classes.length; a++) {
                in.assumeEqual(classes[a], x[a == 0 ? 0 : a + 1]);
            }
        }
        if (in.has(2) && in.shape(2) != null && x != null) {
            if (in.shape(2).length != 1) {
                throw in.error("weights of rank 1", in.input(2).toString(), "reshape them");
            }
            in.assumeEqual(in.shape(2)[0], x[1]);
        }
        return List.of(kind != Kind.NONE ? Fact.of(type) : new Fact(type, classes, null, null));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        Tensor classes = inputs[1];
        Tensor weights = Layout.optional(inputs, 2);
        int count = x.dim(1);
        int inner = Layout.product(x.shape(), 2, x.rank());
        Tensor losses = Tensor.zeros(x.type(), classes.shape());
        double sum = 0;
        double total = 0;
        for (int i = 0; i < classes.size(); i++) {
            long c = classes.longAt(i);
            if (ignored != null && c == ignored) {
                continue;
            }
            if (c < 0 || c >= count) {
                throw new InvalidInputException(null, "classes in [0, " + (count - 1) + "]", Long.toString(c),
                        "correct the class, or ignore it");
            }
            double weight = weights == null ? 1 : Elements.doubleAt(weights, (int) c);
            int at = (i / inner * count + (int) c) * inner + i % inner;
            double loss = -Elements.doubleAt(x, at) * weight;
            Elements.set(losses, i, loss);
            sum += loss;
            total += weight;
        }
        if (kind == Kind.NONE) {
            return new Tensor[] {losses};
        }
        Tensor one = Tensor.zeros(x.type());
        Elements.set(one, 0, kind == Kind.SUM ? sum : sum / total);
        return new Tensor[] {one};
    }
}
