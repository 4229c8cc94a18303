package dev.lanewise.bench.work;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Model;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import dev.lanewise.bench.model.TransformerStack;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NormWorkTest {
    private static final SessionOptions PROFILED = SessionOptions.defaults().withProfile(true);

    /** Not even a step of another kind is left of it, be it in front of layers or behind them. */
    @Test
    void theStepsOfUnifiedNormalizationAreGone() {
        for (boolean preNorm : new boolean[] {true, false}) {
            TransformerStack stack = new TransformerStack("small", preNorm, 24, 2, 3, 70, 5);
            int[] others = new int[2];
            for (boolean unified : new boolean[] {false, true}) {
                try (Model model = NormWork.model(stack, unified); Session session = model.newSession(PROFILED)) {
                    NormWork.Norms norms = NormWork.Norms.measure(session, stack.inputs(), 5);
                    assertEquals(unified ? 0 : stack.norms(), norms.steps());
                    assertTrue(unified ? norms.share() == 0 : norms.share() > 0 && norms.share() < 1);
                    others[unified ? 1 : 0] = session.profile().steps().size() - norms.steps();
                }
            }
            assertTrue(others[1] <= others[0], others[1] + " steps instead of " + others[0]);
        }
    }

    @Test
    void theOutputIsThatOfTheGraph() {
        for (boolean preNorm : new boolean[] {true, false}) {
            TransformerStack stack = new TransformerStack("small", preNorm, 24, 2, 3, 70, 5);
            Map<String, Tensor> inputs = stack.inputs();
            float[] expected = stack.graph(true).evaluate(inputs.get(TransformerStack.INPUT))[0].floats();
            try (Model model = NormWork.model(stack, true); Session session = model.newSession(PROFILED)) {
                assertArrayEquals(expected, session.run(inputs).get("y").floats(), 1e-4f);
            }
        }
    }
}
