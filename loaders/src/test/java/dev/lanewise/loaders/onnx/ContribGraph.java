package dev.lanewise.loaders.onnx;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Random graphs of one operator of ONNX Runtime's own domain.
 *
 * @param tolerance of floats, relative to the largest value of the output
 * @param steps by which integers of two correct engines may differ
 */
record ContribGraph(String operator, double tolerance, int steps, Consumer<RandomModel> builder) {
    static List<ContribGraph> all() {
        return Stream.of(ContribFloatGraphs.all(), ContribQuantGraphs.all(), ContribAttentionGraphs.all())
                .flatMap(List::stream).toList();
    }

    @Override
    public String toString() {
        return operator;
    }
}
