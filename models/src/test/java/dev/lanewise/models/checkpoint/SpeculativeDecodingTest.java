package dev.lanewise.models.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Model;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.SessionOptions.WarmUp;
import dev.lanewise.elastic.Elastic;
import dev.lanewise.elastic.Submodel;
import dev.lanewise.models.checkpoint.SpeculativeDecoding.Decoded;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpeculativeDecodingTest {
    private static final SessionOptions COLD = SessionOptions.defaults().withWarmUp(WarmUp.NONE);
    private static final Path SMALL = Path.of("src/test/resources/checkpoints/decoder");
    private static final Path TRAINED = Path.of("checkpoints/lm-matformer");

    /** Whatever drafts, and however much: the tokens of the whole model, and as many as its runs account for. */
    private static void check(Session session, Submodel draft, int drafts, long[] prompt, List<Long> expected) {
        Decoded decoded = new SpeculativeDecoding(session, draft, drafts).decode(prompt, expected.size());
        String what = draft + ", " + drafts + " drafts: " + decoded.accepted();
        assertEquals(expected, decoded.tokens(), what);
        assertEquals(expected.size(), decoded.accepted().stream().mapToInt(a -> a + 1).sum(), what);
        assertTrue(decoded.accepted().stream().allMatch(a -> a >= 0 && a <= drafts), what);
    }

    @Test
    void givesTheTokensOfPlainGreedyDecoding() {
        try (Model model = Model.load(SMALL); Session session = model.newSession(COLD)) {
            Elastic elastic = model.elastic();
            for (long seed = 0; seed < 8; seed++) {
                long first = seed;
                long[] prompt = IntStream.range(0, 3).mapToLong(i -> (first * 31 + i * 89) % 256).toArray();
                List<Long> expected = SpeculativeDecoding.greedy(session, elastic.full(), prompt, 13);
                for (Submodel draft : elastic.granularities()) {
                    for (int drafts : new int[] {1, 3, 20}) {
                        check(session, draft, drafts, prompt, expected);
                    }
                }
            }
        }
    }

    /** A draft by the whole model is always right: each run gives all that was drafted and one more. */
    @Test
    void theWholeModelAgreesWithItself() {
        try (Model model = Model.load(SMALL); Session session = model.newSession(COLD)) {
            Submodel whole = model.elastic().full();
            Decoded decoded = new SpeculativeDecoding(session, whole, 4).decode(new long[] {70, 7}, 15);
            assertEquals(Collections.nCopies(3, 4), decoded.accepted());
        }
    }

    /** A trained model, whose smallest size is often right. */
    @Test
    void aTrainedModelSavesRuns() {
        assumeTrue(Files.isDirectory(TRAINED), "the checkpoint is not there");
        try (Model model = Model.load(TRAINED); Session session = model.newSession(COLD)) {
            Elastic elastic = model.elastic();
            long[] prompt = "The old man looked at the ".chars().asLongStream().toArray();
            List<Long> expected = SpeculativeDecoding.greedy(session, elastic.full(), prompt, 48);
            for (Submodel draft : elastic.granularities()) {
                check(session, draft, 4, prompt, expected);
            }
            Decoded decoded = new SpeculativeDecoding(session, elastic.granularities().getFirst(), 4)
                    .decode(prompt, 48);
            assertTrue(decoded.accepted().size() < 36, decoded.accepted().toString());
        }
    }

    @Test
    void wrongUse() {
        try (Model model = Model.load(SMALL); Session session = model.newSession(COLD)) {
            Submodel whole = model.elastic().full();
            assertThrows(InvalidInputException.class, () -> new SpeculativeDecoding(session, whole, 0));
            assertThrows(InvalidInputException.class,
                    () -> new SpeculativeDecoding(session, whole, 1).decode(new long[0], 4));
        }
    }
}
