package dev.lanewise.op.norm;

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
import org.junit.jupiter.params.provider.ValueSource;

class RMSNormalizationStepsTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 16, 33, 384})
    void rowsAsDefined(int width) {
        Samples samples = new Samples(width);
        Value x = Value.input("x", Fact.of(DataType.FLOAT, Dim.symbol("b"), Dim.symbol("s"), Dim.constant(width)));
        Value scale = Value.constant("scale", samples.moderate(DataType.FLOAT, width));
        Steps.assertAsDefined(
                Steps.graph(in -> Node.of("norm", new RMSNormalization(-1, 1e-5f), in), x, scale),
                List.of(new Tensor[] {samples.moderate(DataType.FLOAT, 1, 3, width)},
                        new Tensor[] {samples.moderate(DataType.FLOAT, 2, 50, width)},
                        new Tensor[] {samples.any(DataType.FLOAT, 1, 4, width)}));
    }
}
