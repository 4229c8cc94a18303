package dev.lanewise.loaders.onnx;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Operators of the domain com.microsoft against ONNX Runtime, on random models. */
class ContribAgreementTest {
    private static final long OPSET = 21;
    private static final int SEEDS = 24;

    static List<ContribGraph> graphs() {
        return ContribGraph.all();
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void agrees(ContribGraph graph) throws Exception {
        Differential d = new Differential();
        for (int seed = 0; seed < SEEDS; seed++) {
            RandomModel m = new RandomModel(seed, OPSET);
            graph.builder().accept(m);
            d.compare(graph + " " + seed, m, graph.tolerance(), graph.steps());
        }
        System.out.println(graph + ": " + d);
    }
}
