package dev.lanewise.elastic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a nested feed-forward block is: its numbers, its bias, what it leaves unread. */
@Tag("width")
class NestedBlockTest {
    private static final LoadOptions ELASTIC = LoadOptions.defaults().withGranularities(0.5, 1);
    private static final int HIDDEN = NestedBlock.HIDDEN;

    private final NestedBlock nested = new NestedBlock();

    private static float[] run(Session s, Map<String, Tensor> input, Submodel submodel) {
        return s.run(input, submodel).get(0).floats();
    }

    /** A zero added at the end of a chain of sums changes no bit. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyPrefixEqualsTheWholeModelWithTheOtherNeuronsMasked(boolean gated) {
        Map<String, Tensor> input = nested.input(7);
        try (Model model = GraphBuilder.model(nested.graph(gated), ELASTIC);
                Session s = model.newSession(Agreement.COLD)) {
            for (int m = 1; m <= HIDDEN; m++) {
                try (Model masked = GraphBuilder.model(nested.graph(gated, nested.from(m, 0)), LoadOptions.defaults());
                        Session t = masked.newSession(Agreement.COLD)) {
                    assertArrayEquals(t.run(input).get(0).floats(), run(s, input, model.elastic().widths(m)), "m=" + m);
                }
            }
        }
    }

    /** Gate and value in one matrix are nested like two. */
    @Test
    void aMatrixOfGateAndValueIsCutIntoBoth() {
        Map<String, Tensor> input = nested.input(7);
        try (Model model = GraphBuilder.model(nested.fused(nested.out), ELASTIC);
                Session s = model.newSession(Agreement.COLD)) {
            for (int m : new int[] {1, 31, 48, 64, HIDDEN}) {
                try (Model masked = GraphBuilder.model(nested.fused(nested.from(m, 0)), LoadOptions.defaults());
                        Session t = masked.newSession(Agreement.COLD)) {
                    assertArrayEquals(t.run(input).get(0).floats(), run(s, input, model.elastic().widths(m)), "m=" + m);
                }
            }
        }
    }

    @Test
    void theBiasOfTheOutputIsAddedOnceWhateverTheWidth() {
        try (Model model = GraphBuilder.model(nested.graph(false, nested.from(0, 0)), ELASTIC);
                Session s = model.newSession(Agreement.COLD)) {
            for (int m = 1; m <= HIDDEN; m++) {
                assertArrayEquals(nested.outBias.floats(), run(s, nested.input(1), model.elastic().widths(m)));
            }
        }
    }

    /** Neurons beyond the width are poisoned: whoever reads them has NaN in the result. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noNeuronBeyondTheWidthTakesPart(boolean gated) {
        for (int m : new int[] {1, 5, 31, 32, 33, 64, 95}) {
            try (Model model = GraphBuilder.model(nested.graph(gated, nested.from(m, Float.NaN)), ELASTIC);
                    Session s = model.newSession(Agreement.COLD)) {
                for (int n : new int[] {1, 3, 40}) {
                    for (float y : run(s, nested.input(n), model.elastic().widths(m))) {
                        assertFalse(Float.isNaN(y), "m=" + m + " n=" + n);
                    }
                }
            }
        }
    }

    @Test
    void aBlockOfFourNeuronsByHand() {
        GraphBuilder b = new GraphBuilder();
        Value x = b.floats("x", "n", 2);
        Tensor first = Tensor.of(new float[] {1, 0, 1, -1, 0, 1, 1, 2}, 2, 4);
        Tensor second = Tensor.of(new float[] {1, 0, 0, 1, 2, -1, 1, 1}, 4, 2);
        Value h = b.unary(Unary.Function.RELU, b.matMul(x, GraphBuilder.constant(first)));
        Graph graph = b.to(b.matMul(h, GraphBuilder.constant(second)));
        Map<String, Tensor> input = Map.of("x", Tensor.of(new float[] {1, 2}, 1, 2));
        try (Model model = GraphBuilder.model(graph, ELASTIC); Session s = model.newSession(Agreement.COLD)) {
            assertArrayEquals(new float[] {1, 0}, run(s, input, model.elastic().widths(1)));
            assertArrayEquals(new float[] {1, 2}, run(s, input, model.elastic().widths(2)));
            assertArrayEquals(new float[] {10, 2}, run(s, input, model.elastic().widths(4)));
            assertArrayEquals(new float[] {10, 2}, run(s, input, model.elastic().full()));
        }
    }
}
