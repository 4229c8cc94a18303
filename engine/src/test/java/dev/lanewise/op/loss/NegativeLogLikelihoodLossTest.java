package dev.lanewise.op.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.op.loss.NegativeLogLikelihoodLoss.Kind;
import dev.lanewise.testing.Ways;
import org.junit.jupiter.api.Test;

class NegativeLogLikelihoodLossTest {
    /** Two entries of two places, three classes. */
    private static final Tensor LOGS = Tensor.of(new float[] {-1, -2, -3, -4, -5, -6, -10, -20, -30, -40, -50, -60}, 2,
            3, 2);
    private static final Tensor CLASSES = Tensor.of(new long[] {0, 2, 1, 0}, 2, 2);
    private static final Tensor WEIGHTS = Tensor.of(new float[] {1, 2, 3}, 3);

    private static String run(Kind kind, Long ignored, Tensor... inputs) {
        return Ways.text(new NegativeLogLikelihoodLoss(kind, ignored).evaluate(inputs)[0]);
    }

    @Test
    void lossOfEachEntry() {
        assertEquals("FLOAT[2, 2] [1.0, 6.0, 30.0, 20.0]", run(Kind.NONE, null, LOGS, CLASSES));
        assertEquals("FLOAT[2, 2] [1.0, 18.0, 60.0, 20.0]", run(Kind.NONE, null, LOGS, CLASSES, WEIGHTS));
        assertEquals("FLOAT[2, 2] [0.0, 6.0, 30.0, 0.0]", run(Kind.NONE, 0L, LOGS, CLASSES));
    }

    @Test
    void sumAndMeanOverTheWeights() {
        assertEquals("FLOAT[] [57.0]", run(Kind.SUM, null, LOGS, CLASSES));
        assertEquals("FLOAT[] [14.25]", run(Kind.MEAN, null, LOGS, CLASSES));
        assertEquals("FLOAT[] [15.6]", run(Kind.MEAN, 0L, LOGS, CLASSES, WEIGHTS));
    }

    @Test
    void aClassThatIsNotThereIsAnError() {
        Tensor wrong = Tensor.of(new long[] {0, 3, 1, 0}, 2, 2);
        assertThrows(InvalidInputException.class, () -> run(Kind.SUM, null, LOGS, wrong));
    }
}
