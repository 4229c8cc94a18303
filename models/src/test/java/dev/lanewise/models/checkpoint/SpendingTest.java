package dev.lanewise.models.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.AdaptiveOptions;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Outputs;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Counts by hand: 6 layers of 96 channels and 384 hidden values, 50 tokens, of which 49 are patches of 16 numbers; 10 classes. */
class SpendingTest {
    private static final Path CHECKPOINTS = Path.of("../models/checkpoints");
    private static final double PATCHES = 49 * 16 * 96;
    private static final double HEAD = 96 * 10;
    private static final double LAYER = 50 * (4 * 96 * 96 + 2 * 96 * 384) + 2 * 96 * 50 * 50;
    private static final Tensor IMAGE = Tensor.of(new float[28 * 28], 1, 1, 28, 28);

    @Test
    void plainModels() {
        try (Model model = Model.load(CHECKPOINTS.resolve("vit-plain"))) {
            Spending spending = Spending.of(model);
            assertEquals(PATCHES + 6 * LAYER + HEAD, spending.full());
            double half = 50 * (4 * 96 * 96 + 2 * 96 * 192) + 2 * 96 * 50 * 50;
            assertEquals(PATCHES + 6 * half + HEAD, spending.full(Collections.nCopies(6, 192)));
            assertEquals(96 * 16 + 6 * (4 * 96 * 96 + 2 * 96 * 384) + HEAD, spending.parameters());
        }
    }

    /** All samples leave at the first head, or none does. */
    @Test
    void earlyExits() {
        LoadOptions leave = LoadOptions.defaults().withAdaptive(new AdaptiveOptions(0, 0, true));
        try (Model model = Model.load(CHECKPOINTS.resolve("vit-exits"), leave); Session session = model.newSession()) {
            Spending spending = Spending.of(model);
            for (float threshold : new float[] {0, 2}) {
                Outputs outputs = session.run(
                        Map.of("images", IMAGE, "exit_threshold", Tensor.of(new float[] {threshold}, 1)));
                assertEquals(PATCHES + (threshold == 0 ? LAYER + HEAD : 6 * (LAYER + HEAD)),
                        spending.multiplyAdds(outputs, 0));
            }
        }
    }

    /** Modules of 48 and 384 hidden values for 4 learners; gates of 4 or 5 outputs read every token. */
    @Test
    void learners() {
        try (Model model = Model.load(CHECKPOINTS.resolve("vit-acm-060")); Session session = model.newSession()) {
            Outputs outputs = session.run(Map.of("images", IMAGE));
            int[] learners = outputs.get("learners").ints();
            double expected = PATCHES + HEAD + 6 * (2 * 96 * 50 * 50 + 50 * 96 * (4 * 4 + 5));
            for (int module = 0; module < 30; module++) {
                int sum = Arrays.stream(learners, module * 50, (module + 1) * 50).sum();
                expected += sum * 2.0 * 96 * (module % 5 == 4 ? 96 : 12);
            }
            assertEquals(expected, Spending.of(model).multiplyAdds(outputs, 0), 1e-6 * expected);
        }
    }

    /** Keys and values of the tokens before a block, queries and all else of those behind it; the class token's query for the choice. */
    @Test
    void tokens() {
        try (Model model = Model.load(CHECKPOINTS.resolve("vit-ats")); Session session = model.newSession()) {
            Outputs outputs = session.run(Map.of("images", IMAGE));
            long[] kept = outputs.get("tokens").longs();
            double expected = PATCHES + HEAD + 2 * LAYER;
            long before = 50;
            for (long tokens : kept) {
                expected += 2 * 96 * 96 * (before + tokens) + 2.0 * 96 * 384 * tokens + 2 * 96 * before * tokens
                        + 96 * 96 + 96 * before;
                before = tokens;
            }
            assertEquals(expected, Spending.of(model).multiplyAdds(outputs, 0));
        }
    }
}
