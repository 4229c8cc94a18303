package dev.lanewise.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Outputs;
import dev.lanewise.RunOptions;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import dev.lanewise.elastic.Budget;
import dev.lanewise.elastic.Elastic;
import dev.lanewise.elastic.HiddenLayer;
import dev.lanewise.elastic.Submodel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The feed-forward blocks of a real model are found, in floats and in bytes, and can be narrowed. */
class MiniLmElasticTest {
    private static final LoadOptions ELASTIC = LoadOptions.defaults().withGranularities(0.25, 0.5, 0.75, 1);
    private static final SessionOptions COLD = SessionOptions.defaults().withWarmUp(SessionOptions.WarmUp.NONE);

    @ParameterizedTest
    @ValueSource(strings = {"all-minilm-l6-v2", "all-minilm-l6-v2-q"})
    void itsBlocksCanBeNarrowed(String name) {
        Map<String, Tensor> inputs = MiniLm.full(11, 1, 20);
        try (Model plain = MiniLm.load(name, LoadOptions.defaults()); Model model = MiniLm.load(name, ELASTIC);
                Session reference = plain.newSession(COLD); Session session = model.newSession(COLD);
                Session two = model.newSession(COLD.withThreads(2))) {
            Elastic elastic = model.elastic();
            assertEquals(List.of(1536, 1536, 1536, 1536, 1536, 1536),
                    elastic.layers().stream().map(HiddenLayer::width).toList());
            assertEquals(2 * MiniLm.WIDTH, elastic.layers().getFirst().neuronCost());
            float[] whole = reference.run(inputs).get(0).floats();
            assertArrayEquals(whole, session.run(inputs).get(0).floats());
            Submodel most = elastic.choose(Budget.compute(0.8));
            float[] found = session.run(inputs, most).get(0).floats();
            assertArrayEquals(found, two.run(inputs, most).get(0).floats());
            assertTrue(distance(whole, found) > 0);
            assertTrue(distance(whole, session.run(inputs, elastic.widths(1504)).get(0).floats())
                    < distance(whole, found));
            assertArrayEquals(whole, session.run(inputs, elastic.full()).get(0).floats());
            List<Outputs> together = session.runAll(List.of(inputs, MiniLm.full(3, 1, 7)),
                    RunOptions.defaults().withSubmodel(most));
            assertArrayEquals(found, together.getFirst().get(0).floats());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"all-minilm-l6-v2", "all-minilm-l6-v2-q"})
    void aRunReadsTheWeightsOfItsNeurons(String name) {
        int bytes = name.endsWith("-q") ? Byte.BYTES : Float.BYTES;
        Map<String, Tensor> inputs = MiniLm.full(11, 1, 4);
        try (Model model = MiniLm.load(name, ELASTIC); Session session = model.newSession(COLD.withProfile(true))) {
            session.run(inputs);
            long whole = session.profile().weightBytes();
            assertEquals(model.compiled().packedBytes(), whole);
            for (int m : new int[] {384, 768, 1152}) {
                session.run(inputs, model.elastic().widths(m));
                assertEquals(6L * 2 * (1536 - m) * MiniLm.WIDTH * bytes, whole - session.profile().weightBytes());
            }
            assertEquals(whole, model.compiled().packedBytes());
        }
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.pow(a[i] - b[i], 2);
        }
        return Math.sqrt(sum);
    }
}
