package dev.lanewise.op.nn;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.Samples;
import dev.lanewise.op.Steps;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steps of convolutions against their definition, bit for bit, over images of several sizes in one session. */
class ConvStepsTest {
    private static final int[][] SIZES = {{1, 5, 5}, {2, 7, 11}, {1, 16, 16}, {1, 5, 5}};

    private final Samples samples = new Samples(5);

    @ParameterizedTest
    @CsvSource({"4, 8, 1, 3, 1, 1, 1", "4, 8, 2, 3, 2, 1, 1", "6, 6, 6, 3, 1, 1, 1", "3, 40, 1, 1, 1, 0, 1",
        "3, 5, 1, 2, 1, 2, 2", "1, 1, 1, 5, 3, 0, 1"})
    void images(int channels, int outChannels, int group, int kernel, int stride, int pad, int dilation) {
        Window window = new Window(List.of(kernel, kernel), List.of(stride, stride), List.of(dilation, dilation),
                List.of(pad, pad, pad, pad), Window.Padding.EXPLICIT, false);
        Value x = Value.input("x", Fact.of(DataType.FLOAT, Dim.symbol("n"), Dim.constant(channels), Dim.symbol("h"),
                Dim.symbol("w")));
        Value weights = Value.constant("w",
                samples.moderate(DataType.FLOAT, outChannels, channels / group, kernel, kernel));
        Value bias = Value.constant("b", samples.moderate(DataType.FLOAT, outChannels));
        List<Tensor[]> runs = new ArrayList<>();
        for (int[] s : SIZES) {
            runs.add(new Tensor[] {samples.moderate(DataType.FLOAT, s[0], channels, s[1], s[2])});
            runs.add(new Tensor[] {samples.any(DataType.FLOAT, s[0], channels, s[1], s[2])});
        }
        Steps.assertAsDefined(graph(new Conv(group, window), x, weights, bias), runs);
        Steps.assertAsDefined(graph(new Conv(group, window), x, weights), runs);
    }

    private static Graph graph(Conv conv, Value... inputs) {
        return Steps.graph(in -> Node.of("conv", conv, in), inputs);
    }
}
