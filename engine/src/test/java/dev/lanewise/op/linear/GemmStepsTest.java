package dev.lanewise.op.linear;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.Samples;
import dev.lanewise.op.Steps;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GemmStepsTest {
    @ParameterizedTest
    @CsvSource({"5, 3, false", "5, 3, true", "64, 33, true", "600, 100, false", "1, 1, true"})
    void constantWeightsAsDefined(int k, int n, boolean transposed) {
        Samples samples = new Samples(k * 1000L + n);
        Value x = Value.input("x", Fact.of(DataType.FLOAT, Dim.symbol("b"), Dim.constant(k)));
        Value weights = Value.constant("w", transposed ? samples.moderate(DataType.FLOAT, n, k)
                : samples.moderate(DataType.FLOAT, k, n));
        Gemm gemm = new Gemm(1, 1, false, transposed);
        List<Tensor[]> runs = List.of(new Tensor[] {samples.moderate(DataType.FLOAT, 1, k)},
                new Tensor[] {samples.moderate(DataType.FLOAT, 7, k)},
                new Tensor[] {samples.any(DataType.FLOAT, 3, k)});
        Steps.assertAsDefined(Steps.graph(in -> Node.of("gemm", gemm, in), x, weights), runs);
        for (Tensor c : List.of(samples.moderate(DataType.FLOAT, n), samples.moderate(DataType.FLOAT, 1, n))) {
            Steps.assertAsDefined(
                    Steps.graph(in -> Node.of("gemm", gemm, in), x, weights, Value.constant("c", c)), runs);
        }
    }
}
