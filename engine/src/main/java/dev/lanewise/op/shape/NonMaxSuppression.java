package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * ONNX NonMaxSuppression-11: for each image and class the boxes by falling score, without those that overlap a chosen one.
 * Inputs: boxes FLOAT [n, boxes, 4], scores FLOAT [n, classes, boxes], optional largest number a class (INT64), optional
 * largest intersection over union (FLOAT), optional least score (FLOAT). Output INT64 [chosen, 3]: image, class, box.
 *
 * @param centred boxes are x and y of the centre, width, height; otherwise y1, x1, y2, x2 of two opposite corners
 */
public record NonMaxSuppression(boolean centred) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, DataType.FLOAT);
        in.type(1, DataType.FLOAT);
        for (int i = 0; i < 2; i++) {
            if (in.shape(i) != null && in.shape(i).length != 3) {
                throw in.error("boxes [n, boxes, 4] and scores [n, classes, boxes]", in.input(i).toString(),
                        "correct the inputs");
            }
        }
        if (in.has(2)) {
            in.type(2, DataType.INT64);
        }
        return List.of(Fact.unknown(DataType.INT64));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor boxes = inputs[0];
        Tensor scores = inputs[1];
        if (boxes.dim(2) != 4 || boxes.dim(0) != scores.dim(0) || boxes.dim(1) != scores.dim(2)) {
            throw new InvalidInputException(name(), "boxes [n, boxes, 4] and scores [n, classes, boxes]",
                    boxes + " and " + scores, "correct the inputs");
        }
        Tensor most = Layout.optional(inputs, 2);
        Tensor overlap = Layout.optional(inputs, 3);
        Tensor least = Layout.optional(inputs, 4);
        long limit = most == null ? 0 : most.longAt(0);
        float threshold = overlap == null ? 0 : overlap.floats()[0];
        float score = least == null ? Float.NEGATIVE_INFINITY : least.floats()[0];
        List<long[]> chosen = new ArrayList<>();
        int count = boxes.dim(1);
        for (int image = 0; image < boxes.dim(0); image++) {
            for (int c = 0; c < scores.dim(1); c++) {
                int first = (image * scores.dim(1) + c) * count;
                for (int box : select(boxes, image * count, scores.floats(), first, count, limit, threshold, score)) {
                    chosen.add(new long[] {image, c, box});
                }
            }
        }
        long[] flat = chosen.stream().flatMapToLong(java.util.Arrays::stream).toArray();
        return new Tensor[] {Tensor.of(flat, chosen.size(), 3)};
    }

    private List<Integer> select(Tensor boxes, int firstBox, float[] scores, int firstScore, int count, long limit,
            float threshold, float least) {
        List<Integer> order = IntStream.range(0, count).filter(i -> scores[firstScore + i] > least).boxed()
                .sorted(Comparator.comparing((Integer i) -> -scores[firstScore + i])).toList();
        List<Integer> kept = new ArrayList<>();
        for (int box : order) {
            if (kept.size() >= limit) {
                break;
            }
            if (kept.stream().noneMatch(k -> overlap(boxes.floats(), firstBox + k, firstBox + box) > threshold)) {
                kept.add(box);
            }
        }
        return kept;
    }

    /** Intersection over union of two boxes. */
    private float overlap(float[] boxes, int a, int b) {
        float height = Math.min(edge(boxes, a, 0, true), edge(boxes, b, 0, true))
                - Math.max(edge(boxes, a, 0, false), edge(boxes, b, 0, false));
        float width = Math.min(edge(boxes, a, 1, true), edge(boxes, b, 1, true))
                - Math.max(edge(boxes, a, 1, false), edge(boxes, b, 1, false));
        if (height <= 0 || width <= 0) {
            return 0;
        }
        float intersection = height * width;
        return intersection / (area(boxes, a) + area(boxes, b) - intersection);
    }

    private float area(float[] boxes, int box) {
        return (edge(boxes, box, 0, true) - edge(boxes, box, 0, false))
                * (edge(boxes, box, 1, true) - edge(boxes, box, 1, false));
    }

    /** The upper or lower bound of a box along one of its two axes. */
    private float edge(float[] boxes, int box, int axis, boolean upper) {
        float first = boxes[box * 4 + axis];
        float second = boxes[box * 4 + axis + 2];
        if (centred) {
            return upper ? first + second / 2 : first - second / 2;
        }
        return upper ? Math.max(first, second) : Math.min(first, second);
    }
}
