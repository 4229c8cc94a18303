package dev.lanewise.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.KernelMode;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Outputs;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Every way in which a graph can run: each must give the same. */
public final class Ways {
    private Ways() {
    }

    /** Outputs of the graph as text, from the reference, scalar and vector kernels, optimised or not, on one thread and two. */
    public static List<String> run(Graph graph, Tensor... inputs) {
        List<String> expected = texts(Arrays.asList(graph.evaluate(inputs)));
        List<LoadOptions> options = new ArrayList<>();
        for (KernelMode kernels : List.of(KernelMode.SCALAR, KernelMode.AUTO)) {
            for (boolean optimise : new boolean[] {true, false}) {
                options.add(LoadOptions.defaults().withKernels(kernels).withOptimise(optimise));
            }
        }
        for (LoadOptions way : options) {
            for (int threads = 1; threads <= 2; threads++) {
                try (Model model = GraphBuilder.model(graph, way);
                        Session session = model.newSession(Agreement.COLD.withThreads(threads))) {
                    Map<String, Tensor> request = Agreement.named(graph, inputs);
                    for (int i = 0; i < 2; i++) {
                        assertEquals(expected, texts(session.run(request).tensors()), way + ", run " + i);
                    }
                    for (Outputs together : session.runAll(List.of(request, request))) {
                        assertEquals(expected, texts(together.tensors()), way + ", together");
                    }
                }
            }
        }
        return expected;
    }

    private static List<String> texts(List<Tensor> tensors) {
        return tensors.stream().map(Ways::text).toList();
    }

    /** Type, shape and elements. */
    public static String text(Tensor t) {
        return switch (t.type()) {
            case FLOAT -> t + " " + Arrays.toString(t.floats());
            case DOUBLE -> t + " " + Arrays.toString(t.doubles());
            case STRING -> t + " " + Arrays.toString(t.strings());
            case SEQUENCE, OPTIONAL -> t.type() + " " + texts(t.elements());
            default -> t + " " + Arrays.toString(t.asLongs());
        };
    }
}
